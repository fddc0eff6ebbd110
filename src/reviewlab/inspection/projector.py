"""Word vectors for TensorBoard's projector, untrained and trained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.inspector import CallbackState, EpochInspector
from reviewlab.ranges import PositiveInt
from reviewlab.text.encoder import TextEncoder

COUNTING, SECONDS_PER_NUMBER = 0.02, 2e-6
"""Seconds that the first write is assumed to take: counting words, writing vectors as text.

Measured: .01 s for the 4.8 million tokens of IMDB's training split once they are in memory, and 1
to 1.8 microseconds per number.
"""


class EmbeddingProjector(EpochInspector):
    """Writes the vectors of the most frequent words, labelled, before and after training.

    Args:
        every_n_epochs: number of epochs between writes; the vectors at the end of training are
            written as well. None writes only the untrained vectors and those at the end, each if
            3 % of the training time allows it.
        words: number of words to write, the most frequent ones in the training reviews.
    """

    ends_alone = True

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, words: PositiveInt = 1000
    ) -> None:
        super().__init__(0.0, every_n_epochs)
        self.words = words
        self._untrained: Tensor | None = None
        self._config, self._earlier_entries = Path(), ""

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """If the model has no table of word vectors, name what is missing; else return None."""
        return None if _table(model) is not None else "word vectors in the model"

    def on_train_start(self, trainer: pl.Trainer, pl_module: Any) -> None:
        """Store the untrained vectors, unless the run is resumed."""
        super().on_train_start(trainer, pl_module)
        if self.writer is None:
            return
        self._config = Path(trainer.default_root_dir) / "projector_config.pbtxt"
        self._earlier_entries = self._config.read_text() if self._config.exists() else ""
        table: Any = _table(pl_module)
        numbers = min(self.words, len(table)) * table.shape[1]
        self.budget.first_seconds = COUNTING + 2 * SECONDS_PER_NUMBER * numbers
        if trainer.global_step == 0:
            with self.budget.spend():
                self._untrained = table.detach().cpu().clone()

    def state_dict(self) -> CallbackState:
        """Return the base class's state and the untrained vectors, if not yet written."""
        return {**super().state_dict(), "untrained": self._untrained}

    def load_state_dict(self, state_dict: CallbackState) -> None:
        """Restore the base class's state and the untrained vectors."""
        super().load_state_dict(state_dict)
        self._untrained = state_dict.get("untrained")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the untrained vectors as soon as there is time for them."""
        if self.writer is not None and self._untrained is not None and self.budget.affords(looks=2):
            with self.budget.look():
                self._write_untrained(trainer, pl_module, self.writer)
            self._drawn = 0
        super().on_train_epoch_end(trainer, pl_module)

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write the current vectors, and the untrained ones if not yet written."""
        self._write_untrained(trainer, model, writer)
        table: Any = _table(model)
        vectors, labels = self._most_frequent(table.detach(), trainer, model)
        self._add(writer, vectors, labels, "after", trainer.global_step)

    def _write_untrained(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        if self._untrained is not None:
            vectors, labels = self._most_frequent(self._untrained, trainer, model)
            self._add(writer, vectors, labels, "before", 0)
        self._untrained = None

    def _add(
        self, writer: SummaryWriter, vectors: Tensor, labels: list[str], tag: str, step: int
    ) -> None:
        # The writer lists only its own entries; those from before a resume are put first.
        writer.add_embedding(vectors, labels, global_step=step, tag=tag)
        self._config.write_text(self._earlier_entries + self._config.read_text())

    def _most_frequent(self, table: Tensor, trainer: Any, model: Any) -> tuple[Tensor, list[str]]:
        corpus = trainer.train_dataloader.corpus
        ids = most_frequent(corpus.ids, model.text_encoder, self.words)
        return table.float().cpu()[ids], [label(model.text_encoder, one) for one in ids]


def most_frequent(ids: NDArray[np.int32], text: TextEncoder, words: int) -> list[int]:
    """Return the most frequent ids, the most frequent first, without special ids.

    Args:
        ids: all ids of a corpus.
        text: the text encoder, which says which ids are special.
        words: number of ids to return.
    """
    counts = np.bincount(ids, minlength=text.vocab_size)
    special = {text.pad_id, text.oov_id, getattr(text, "start_id", None)} - {None}
    counts[[number for number in special if number is not None]] = 0
    order = np.argsort(-counts, kind="stable")[:words]
    return [int(number) for number in order if counts[number]]


def label(text: TextEncoder, token_id: int) -> str:
    """Return an id's word as a label for a file of tab-separated values."""
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
