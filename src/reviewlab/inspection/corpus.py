"""Figures of the encoded reviews: their lengths, and the shares that are cut or unknown."""

from typing import Any

import numpy as np
import pytorch_lightning as pl
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from reviewlab.inspection.inspector import EpochInspector
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.ranges import PositiveInt

FIRST_DRAWING = 0.12
"""Seconds."""

BARS = 60


class CorpusFigures(EpochInspector):
    """Once: a histogram of lengths, and a table of what the model gets to read.

    every_n_epochs: null shows them as soon as 3 % of the training's time allow; n at the end of the
        n-th epoch, for they never change.
    """

    def __init__(self, every_n_epochs: PositiveInt | None = None) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find the place to write to, unless it is written."""
        super().on_train_start(trainer, pl_module)
        if self._drawn >= 0:
            self.writer = None

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write both."""
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
        self.writer = None  # it has said all

    def _due(self, epochs: int) -> bool:
        if self.every_n_epochs is None:
            return self.budget.affords()  # there is no second look to keep time for
        return super()._due(epochs)


def facts(loader: Any) -> dict[str, float]:
    """Measure lengths in tokens, and the shares of cut reviews and of unknown tokens in a split.

    The id that stands before each review is none of its tokens, but is counted where one is cut.
    """
    lengths, most = tokens(loader)
    unknown = loader.text.oov_id
    strange = 0 if unknown is None else np.count_nonzero(loader.corpus.ids == unknown)
    return {
        "reviews": len(lengths),
        "median": float(np.median(lengths)),
        "95 %": float(np.quantile(lengths, 0.95)),
        "longest": float(lengths.max()),
        "cut": float((lengths > most).mean()),
        "unknown": float(strange / max(lengths.sum(), 1)),
    }


def tokens(loader: Any) -> tuple[NDArray[np.int64], float]:
    """Count the tokens of each review, and how many are read without a cut."""
    begins = 0 if loader.text.start_id is None else 1
    return loader.corpus.lengths - begins, (loader.text.max_length or np.inf) - begins


def histogram(loader: Any) -> Figure:
    """Reviews by length, and where they are cut."""
    lengths, most = tokens(loader)
    figure = Figure((6, 4))
    axes = figure.subplots()
    title = "Training reviews"
    end = float(np.quantile(lengths, 0.99))
    if loader.text.max_length is not None:
        end = max(end, most)
        title += f"; cut behind the line: {np.mean(lengths > most):.1%}"
        axes.axvline(most + 0.5, color="C3")
    width = max(1, round((end + 1) / BARS))
    edges = np.arange(0, end + 1 + 2 * width, width) - 0.5  # a length in the middle of its bar
    axes.hist(np.minimum(lengths, end + 1), bins=list(edges), color="C0")
    axes.set(xlabel="tokens (the last bar: and more)", ylabel="reviews", title=title)
    return figure


def _line(name: str, values: dict[str, float]) -> str:
    whole = [f"{values[key]:,.0f}" for key in ("reviews", "median", "95 %", "longest")]
    shares = [f"{values[key]:.2%}" for key in ("cut", "unknown")]
    return f"| {' | '.join([name, *whole, *shares])} |"
