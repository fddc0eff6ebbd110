"""Figures about the encoded reviews: lengths, share of cut reviews, share of unknown tokens."""

from typing import Any

import numpy as np
import pytorch_lightning as pl
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.inspection.inspector import EpochInspector
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.12
"""Seconds that the drawing is assumed to take."""

BARS = 60


class CorpusFigures(EpochInspector):
    """Draws a histogram of review lengths, and a table of lengths, cut reviews and unknown tokens.

    They are drawn only once, since the reviews never change.

    Args:
        every_n_epochs: the epoch after which they are drawn, counting from 1. None draws them as
            soon as 3 % of the training time allows.
    """

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Return "texts" if the model reads images, otherwise None."""
        return "texts" if model.inputs == "images" else None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find TensorBoard's writer, unless the figures were drawn before the run was resumed."""
        super().on_train_start(trainer, pl_module)
        if self._drawn >= 0:
            self.writer = None

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write the table and the histogram."""
        loaders = {"training": trainer.train_dataloader}
        if trainer.val_dataloaders is not None:
            loaders["held out"] = trainer.val_dataloaders
        lines = ["| split | reviews | tokens, median | 95 % | longest | cut | unknown |"]
        lines.append("|---|---:|---:|---:|---:|---:|---:|")
        lines += [_line(name, facts(loader)) for name, loader in loaders.items()]
        writer.add_text("corpus/lengths", "\n".join(lines), 0)
        with drawing():
            image = picture(histogram(trainer.train_dataloader))
        writer.add_image("corpus/lengths", image, 0, dataformats="HWC")
        self.writer = None  # there is nothing more to draw

    def _due(self, epochs: int) -> bool:
        if self.every_n_epochs is None:
            return self.budget.affords()  # no time has to be kept for a second look
        return super()._due(epochs)


def facts(loader: Any) -> dict[str, float]:
    """Measure a split: lengths in tokens, and the shares of cut reviews and of unknown tokens.

    A review's start id is not counted as a token, although it counts towards the length at which
    reviews are cut.
    """
    lengths, limit = tokens(loader)
    oov_id = loader.text.oov_id
    unknown = 0 if oov_id is None else np.count_nonzero(loader.corpus.ids == oov_id)
    return {
        "reviews": len(lengths),
        "median": float(np.median(lengths)),
        "95 %": float(np.quantile(lengths, 0.95)),
        "longest": float(lengths.max()),
        "cut": float((lengths > limit).mean()),
        "unknown": float(unknown / max(lengths.sum(), 1)),
    }


def tokens(loader: Any) -> tuple[NDArray[np.int64], float]:
    """Return each review's number of tokens, and the number beyond which reviews are cut."""
    start_ids = 0 if loader.text.start_id is None else 1
    return loader.corpus.lengths - start_ids, (loader.text.max_length or np.inf) - start_ids


def histogram(loader: Any) -> Figure:
    """Draw a histogram of review lengths, and a line at the length where reviews are cut."""
    lengths, limit = tokens(loader)
    figure = Figure((6, 4))
    axes = figure.subplots()
    title = "Training reviews"
    end = float(np.quantile(lengths, 0.99))
    if loader.text.max_length is not None:
        end = max(end, limit)
        title += f"; cut at the line: {np.mean(lengths > limit):.1%}"
        axes.axvline(limit + 0.5, color="C3")
    width = max(1, round((end + 1) / BARS))
    edges = np.arange(0, end + 1 + 2 * width, width) - 0.5  # a length is in the middle of its bar
    axes.hist(np.minimum(lengths, end + 1), bins=list(edges), color="C0")
    axes.set(xlabel="tokens (last bar: all longer ones)", ylabel="reviews", title=title)
    return figure


def _line(name: str, values: dict[str, float]) -> str:
    whole = [f"{values[key]:,.0f}" for key in ("reviews", "median", "95 %", "longest")]
    shares = [f"{values[key]:.2%}" for key in ("cut", "unknown")]
    return f"| {' | '.join([name, *whole, *shares])} |"
