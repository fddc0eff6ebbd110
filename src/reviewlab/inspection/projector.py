"""Word vectors for TensorBoard's projector, untrained and trained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter

from reviewlab.inspection.inspector import CallbackState, EpochInspector
from reviewlab.ranges import PositiveInt
from reviewlab.text.encoder import TextEncoder

COUNTING, SECONDS_PER_NUMBER = 0.02, 2e-6
"""Seconds that a first look is taken to cost: counting words, and writing vectors as text.

Measured: .01 s for the 4.8 million tokens of IMDB's training split once they were read, 1 to 1.8
microseconds.
"""


class EmbeddingProjector(EpochInspector):
    """The vectors of the commonest words, with the words as labels, before and after training.

    every_n_epochs: as everywhere; null writes the untrained vectors, as soon as 3 % of the
        training's time allow, and the trained ones alone.
    words: how many, counted in the training reviews.
    """

    ends_alone = True

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, words: PositiveInt = 1000
    ) -> None:
        super().__init__(0.0, every_n_epochs)
        self.words = words
        self._untrained: Tensor | None = None
        self._config, self._listed = Path(), ""

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Needs a table with a row for each id."""
        return None if _table(model) is not None else "word vectors in the model"

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Keep the untrained vectors, unless the training goes on from others."""
        super().on_train_start(trainer, pl_module)
        if self.writer is None:
            return
        self._config = Path(trainer.default_root_dir) / "projector_config.pbtxt"
        self._listed = self._config.read_text() if self._config.exists() else ""
        table: Any = _table(pl_module)
        numbers = min(self.words, len(table)) * table.shape[1]
        self.budget.first_seconds = COUNTING + 2 * SECONDS_PER_NUMBER * numbers
        if trainer.global_step == 0:
            with self.budget.spend():
                self._untrained = table.detach().cpu().clone()

    def state_dict(self) -> CallbackState:
        """The untrained table too, until its words are counted and written."""
        return {**super().state_dict(), "untrained": self._untrained}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Go on with it."""
        super().load_state_dict(state_dict)
        self._untrained = state_dict.get("untrained")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the untrained vectors as soon as there is time to."""
        if self.writer is not None and self._untrained is not None and self.budget.affords(looks=2):
            with self.budget.look():
                self._write_untrained(trainer, pl_module, self.writer)
            self._drawn = 0
        super().on_train_epoch_end(trainer, pl_module)

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write the vectors as they are now, the untrained ones first."""
        self._write_untrained(trainer, model, writer)
        table: Any = _table(model)
        vectors, labels = self._commonest(table.detach(), trainer, model)
        self._add(writer, vectors, labels, "after", trainer.global_step)

    def _write_untrained(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        if self._untrained is not None:
            vectors, labels = self._commonest(self._untrained, trainer, model)
            self._add(writer, vectors, labels, "before", 0)
        self._untrained = None

    def _add(
        self, writer: SummaryWriter, vectors: Tensor, labels: list[str], tag: str, step: int
    ) -> None:
        """The writer lists what it wrote itself: what stood there before a resume goes before."""
        writer.add_embedding(vectors, labels, global_step=step, tag=tag)
        self._config.write_text(self._listed + self._config.read_text())

    def _commonest(self, table: Tensor, trainer: Any, model: Any) -> tuple[Tensor, list[str]]:
        """Vectors and words."""
        corpus = trainer.train_dataloader.corpus
        ids = commonest(corpus.ids, model.text_encoder, self.words)
        return table.float().cpu()[ids], [label(model.text_encoder, one) for one in ids]


def commonest(ids: NDArray[np.int32], text: TextEncoder, words: int) -> list[int]:
    """The ids that occur most often, commonest first; special ids are no words."""
    counts = np.bincount(ids, minlength=text.vocab_size)
    special = {text.pad_id, text.oov_id, getattr(text, "start_id", None)} - {None}
    counts[[number for number in special if number is not None]] = 0
    order = np.argsort(-counts, kind="stable")[:words]
    return [int(number) for number in order if counts[number]]


def label(text: TextEncoder, token_id: int) -> str:
    """A word as it can stand in a line of tab-separated values."""
    word = text.decode([token_id])
    plain = word if word.isprintable() else repr(word)[1:-1]
    return plain.replace(" ", "_") or "_"


def _table(model: Any) -> Tensor | None:
    for module in model.modules():
        if (
            isinstance(module, nn.Embedding)
            and module.num_embeddings >= model.text_encoder.vocab_size
        ):
            return module.weight
    return None
