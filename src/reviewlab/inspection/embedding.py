"""Word vectors for TensorBoard's projector, untrained and trained."""

from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from reviewlab.inspection.inspector import Inspector
from reviewlab.ranges import PositiveInt
from reviewlab.text.encoder import TextEncoder


class EmbeddingProjector(Inspector):
    """The vectors of the commonest words, with the words as labels, before and after training.

    words: how many, counted in the training reviews.
    """

    def __init__(self, words: PositiveInt = 1000) -> None:
        super().__init__(first_seconds=0.0)
        self.words = words

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Needs a table with a row for each id."""
        return None if _table(model) is not None else "word vectors in the model"

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the untrained vectors, unless the training goes on from others."""
        super().on_train_start(trainer, pl_module)
        if trainer.global_step == 0:
            self._write(trainer, pl_module, "before")

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the trained vectors."""
        self._write(trainer, pl_module, "after")

    def _write(self, trainer: pl.Trainer, model: Any, when: str) -> None:
        table = _table(model)
        if self.writer is None or table is None:
            return
        with self.budget.spend():
            loader: Any = trainer.train_dataloader
            ids = commonest(loader.corpus.ids, model.text_encoder, self.words)
            vectors = table.detach().float().cpu()[ids]
            labels = [label(model.text_encoder, token_id) for token_id in ids]
            self.writer.add_embedding(vectors, labels, global_step=trainer.global_step, tag=when)


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
