"""What the encoded reviews look like: how long, how much is cut, how much is unknown."""

from typing import Any

import numpy as np
import pytorch_lightning as pl
from matplotlib.figure import Figure
from numpy.typing import NDArray

from reviewlab.inspection.inspector import Inspector
from reviewlab.inspection.looking import held_out
from reviewlab.inspection.pictures import drawing, picture

BARS = 60


class CorpusFigures(Inspector):
    """Once, before training: a histogram of lengths, and a table of what the model gets to read."""

    def __init__(self) -> None:
        super().__init__(first_seconds=0.0)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write both, unless the training is gone on with."""
        super().on_train_start(trainer, pl_module)
        if self.writer is None or trainer.global_step > 0:
            return
        with self.budget.spend():
            loaders = {"training": trainer.train_dataloader, "held out": held_out(trainer)}
            lines = ["| split | reviews | tokens, median | 95 % | longest | cut | unknown |"]
            lines.append("|---|---:|---:|---:|---:|---:|---:|")
            lines += [_line(name, facts(loader)) for name, loader in loaders.items()]
            self.writer.add_text("corpus/lengths", "\n".join(lines), 0)
            loader: Any = trainer.train_dataloader
            with drawing():
                image = picture(histogram(loader.corpus.lengths, loader.text.max_length))
            self.writer.add_image("corpus/lengths", image, 0, dataformats="HWC")


def facts(loader: Any) -> dict[str, float]:
    """Of a split: lengths in tokens, the shares of reviews that are cut and of unknown tokens."""
    lengths, text = loader.corpus.lengths, loader.text
    cut = lengths > (text.max_length or np.inf)
    unknown = 0 if text.oov_id is None else np.count_nonzero(loader.corpus.ids == text.oov_id)
    return {
        "reviews": len(lengths),
        "median": float(np.median(lengths)),
        "95 %": float(np.quantile(lengths, 0.95)),
        "longest": float(lengths.max()),
        "cut": float(cut.mean()),
        "unknown": float(unknown / max(lengths.sum(), 1)),
    }


def histogram(lengths: NDArray[np.int64], max_length: int | None) -> Figure:
    """Reviews by length, and where they are cut."""
    figure = Figure((6, 4))
    axes = figure.subplots()
    end = max(float(np.quantile(lengths, 0.99)), float(max_length or 0)) + 1
    width = max(1, round(end / BARS))
    edges = np.arange(0, end + 2 * width, width) - 0.5  # a length in the middle of its bar
    axes.hist(np.minimum(lengths, end), bins=list(edges), color="C0")
    if max_length is not None:
        share = float((lengths > max_length).mean())
        label = f"max_length {max_length}: {share:.1%} of the reviews are cut"
        axes.axvline(max_length, color="C3", label=label)
        axes.legend()
    axes.set(xlabel="tokens (the last bar: and more)", ylabel="reviews", title="Training reviews")
    return figure


def _line(name: str, known: dict[str, float]) -> str:
    whole = [f"{known[key]:,.0f}" for key in ("reviews", "median", "95 %", "longest")]
    shares = [f"{known[key]:.2%}" for key in ("cut", "unknown")]
    return f"| {' | '.join([name, *whole, *shares])} |"
