"""The windows and weights of each filter of a convolution."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from reviewlab.data.batch import Batch
from reviewlab.inspection.filters import FeatureMaps, feature_map, filters
from reviewlab.inspection.inspector import EpochInspector, held_out, looking
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.inspection.words import fixed_batch, word
from reviewlab.nn.convolution import Convolutions
from reviewlab.nn.padding import align, inside
from reviewlab.ranges import PositiveInt
from reviewlab.text.encoder import TextEncoder

FIRST_DRAWING = 0.5
"""Seconds, for a hundred long reviews."""

WINDOWS = 10
REVIEWS_AT_A_TIME = 50

END = "■"
"""Stands in a window for what lies behind a review's end."""

Window = tuple[float, tuple[int, ...]]
"""A filter's answer, and the ids of the words that it answered to."""


class ConvolutionFilters(EpochInspector):
    """The word windows that excite a filter most, its weights, and a review on its way through.

    reviews: among how many held-out reviews the windows are looked for.
    """

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, reviews: PositiveInt = 100
    ) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self.reviews = reviews

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Needs filters over words."""
        has_filters = isinstance(getattr(model.encoder, "convolutions", None), Convolutions)
        return None if has_filters else "convolutions in the model"

    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """A table of windows, an image of all filters of a width, and a feature map."""
        step = trainer.global_step
        loader = held_out(trainer)
        batch = fixed_batch(loader, self.reviews)
        with looking(model):
            best_windows = windows(model.encoder, batch, WINDOWS)
            maps = feature_maps(model.encoder, batch, len(batch.labels) // 2, loader.text)
        writer.add_text("convolution/windows", table(best_windows, loader.text), step)
        convolutions, first = model.encoder.convolutions, 0
        for width, convolve in zip(convolutions.widths, convolutions.filters, strict=True):
            weights = convolve.weight.detach().float().cpu().numpy()
            tag = f"convolution/filters_{width}_words"
            writer.add_image(tag, filters(weights, first), step, dataformats="HWC")
            first += len(weights)
        with drawing():
            image = picture(feature_map(maps))
        writer.add_image("convolution/feature_map", image, step, dataformats="HWC")


def answers(encoder: Any, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Aligned ids `[batch, time]`, word vectors, and each filter's answers at each word.

    Behind a review's end there is neither a word, -1, nor an answer, minus infinity.
    """
    device = encoder.embedding.weight.device
    ids, lengths = align(batch.token_ids.to(device), batch.mask.to(device))
    vectors = encoder.embedding(ids)
    outside = ~inside(lengths, ids.shape[1])
    strengths = encoder.convolutions(vectors, lengths)
    ids = ids.masked_fill(outside, -1)
    return ids, vectors, strengths.masked_fill(outside[:, :, None], float("-inf"))


def windows(encoder: Any, batch: Batch, count: int) -> list[list[Window]]:
    """For each filter the `count` different windows that it answers to most, best first."""
    widths = encoder.convolutions.widths
    size = encoder.convolutions.output_size // len(widths)
    best: list[dict[tuple[int, ...], float]] = [{} for _ in range(size * len(widths))]
    for begin in range(0, len(batch.labels), REVIEWS_AT_A_TIME):
        part = _rows(batch, slice(begin, begin + REVIEWS_AT_A_TIME))
        ids, _, strengths = answers(encoder, part)
        of_widths = zip(widths, strengths.chunk(len(widths), 2), strict=True)
        strongest = (one for width, own in of_widths for one in _strongest(ids, own, width, count))
        for own_windows, more in zip(best, strongest, strict=True):
            own_windows.update(more)
    return [
        sorted(((v, k) for k, v in own_windows.items()), reverse=True)[:count]
        for own_windows in best
    ]


def _strongest(
    ids: Tensor, strengths: Tensor, width: int, count: int
) -> Iterator[dict[tuple[int, ...], float]]:
    """For each filter of one width the `count` different windows that it answers to most."""
    spans = F.pad(ids, (0, width - 1), value=-1).unfold(1, width, 1).flatten(0, 1)
    # modulo 2^64 the sum of random products tells windows apart, and one number is quickly sorted
    sums = spans.cpu().numpy() @ np.random.default_rng(0).integers(2**63, size=width)
    first = torch.from_numpy(np.unique(sums, return_index=True)[1]).to(ids.device)
    values, order = strengths.flatten(0, 1)[first].topk(min(count, len(first)), 0)
    distinct = spans[first[order]].swapaxes(0, 1).tolist()  # [filters, count, width]
    for own, answers in zip(distinct, values.T.tolist(), strict=True):
        pairs = zip(map(tuple, own), answers, strict=True)
        yield {window: value for window, value in pairs if value > float("-inf")}


def table(best_windows: Sequence[Sequence[Window]], text: TextEncoder) -> str:
    """Markdown: what its signs mean, then a line a filter."""
    signs = (
        "A line a filter; top: its strongest answer. "
        f"`·`: no text, as before a review; `{END}`: behind its end; `?`: an unknown word"
    )
    lines = [signs, ""]
    lines += ["| # | width | top | windows, strongest first |", "|---|---|---|---|"]
    for number, best in enumerate(best_windows):
        phrases = " / ".join(_phrase(ids, text) for _, ids in best)
        strongest = f"{best[0][0]:.2f}" if best else ""
        lines.append(f"| {number} | {len(best[0][1]) if best else 0} | {strongest} | {phrases} |")
    return "\n".join(lines)


def feature_maps(encoder: Any, batch: Batch, number: int, text: TextEncoder) -> FeatureMaps:
    """Compute the output of each layer for one review of the batch."""
    one = _rows(batch, slice(number, number + 1))
    ids, vectors, strengths = answers(encoder, one)
    length = max(1, int(one.mask.sum()))
    words = [word(text, i) for i in ids[0, :length].tolist()]
    read = states(encoder, strengths, one.mask.sum(1))
    return FeatureMaps(
        words,
        vectors[0, :length].float().cpu(),
        strengths[0, :length].relu().float().cpu(),
        None if read is None else read[0, :length].float().cpu(),
    )


def states(encoder: Any, strengths: Tensor, lengths: Tensor) -> Tensor | None:
    """Return states of an LSTM that reads the filters' answers: `[batch, time, hidden_size]`."""
    if getattr(encoder, "pooled", True):
        return None
    read: Tensor = encoder.recurrent(strengths.relu().transpose(0, 1), lengths.to(strengths.device))
    return read.transpose(0, 1)


def _rows(batch: Batch, rows: slice) -> Batch:
    return Batch(batch.token_ids[rows], batch.mask[rows], batch.labels[rows])


def _phrase(ids: Sequence[int], text: TextEncoder) -> str:
    words = (word(text, i) if i >= 0 else END for i in ids)
    return " ".join(words).replace("|", "\\|").replace("`", "'")
