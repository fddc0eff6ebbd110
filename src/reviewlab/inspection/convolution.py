"""Show a convolution's filters: their strongest word windows, weights and feature maps."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter
from typing_extensions import override

from reviewlab.data.batch import Batch, Tokens
from reviewlab.inspection.filters import FeatureMaps, feature_map, filters
from reviewlab.inspection.inspector import EpochInspector, evaluation_mode, held_out
from reviewlab.inspection.pictures import drawing, picture
from reviewlab.inspection.words import fixed_batch, word
from reviewlab.nn.convolution import Convolutions
from reviewlab.nn.padding import align, inside
from reviewlab.ranges import PositiveInt
from reviewlab.text.encoder import TextEncoder

FIRST_DRAWING = 0.5
"""Seconds that the first drawing is assumed to take: the time for a hundred long reviews."""

WINDOWS = 10
REVIEWS_AT_A_TIME = 50

END = "■"
"""Marks the part of a window beyond the end of a review."""

Window = tuple[float, tuple[int, ...]]
"""A filter's response, and the ids of the words in the window."""


class ConvolutionFilters(EpochInspector):
    """Shows each filter's strongest word windows and weights, and the feature maps of one review.

    Args:
        every_n_epochs: number of epochs between drawings; the end of training is drawn as well.
            None draws as often as 3 % of the training time allows.
        reviews: number of held-out reviews that are searched for the strongest windows.
    """

    def __init__(
        self, every_n_epochs: PositiveInt | None = None, reviews: PositiveInt = 100
    ) -> None:
        super().__init__(FIRST_DRAWING, every_n_epochs)
        self.reviews = reviews

    def lacks(self, trainer: pl.Trainer, model: Any) -> str | None:
        """Return the name of the missing part if the model has no convolutions, otherwise None."""
        has_filters = isinstance(getattr(model.encoder, "convolutions", None), Convolutions)
        return None if has_filters else "convolutions over words"

    @override
    def draw(self, trainer: pl.Trainer, model: Any, writer: SummaryWriter) -> None:
        """Write a table of windows, an image of the filters for each width, and a feature map."""
        step = trainer.global_step
        loader = held_out(trainer)
        batch = fixed_batch(loader, self.reviews)
        with evaluation_mode(model):
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


def filter_responses(encoder: Any, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Return left-aligned ids `[batch, time]`, their word vectors, and all filters' responses.

    The response at a word is that of the window that begins with it. Beyond the end of a review,
    the id is -1 and the response minus infinity.
    """
    device = encoder.embedding.weight.device
    ids, lengths = align(*batch.inputs_on(device))
    vectors = encoder.embedding(ids)
    outside = ~inside(lengths, ids.shape[1])
    strengths = encoder.convolutions(vectors, lengths)
    ids = ids.masked_fill(outside, -1)
    return ids, vectors, strengths.masked_fill(outside[:, :, None], float("-inf"))


def windows(encoder: Any, batch: Batch, count: int) -> list[list[Window]]:
    """For each filter, find the `count` different word windows with the strongest response.

    Args:
        encoder: an encoder that has `convolutions`.
        batch: the reviews to search.
        count: number of windows per filter.

    Returns:
        One list of windows per filter, strongest first.
    """
    widths = encoder.convolutions.widths
    size = encoder.convolutions.output_size // len(widths)
    best: list[dict[tuple[int, ...], float]] = [{} for _ in range(size * len(widths))]
    for begin in range(0, len(batch.labels), REVIEWS_AT_A_TIME):
        part = _rows(batch, slice(begin, begin + REVIEWS_AT_A_TIME))
        ids, _, strengths = filter_responses(encoder, part)
        groups = zip(widths, strengths.chunk(len(widths), 2), strict=True)
        strongest = (one for width, own in groups for one in _find_windows(ids, own, width, count))
        for own_windows, more in zip(best, strongest, strict=True):
            own_windows.update(more)
    return [
        sorted(((v, k) for k, v in own_windows.items()), reverse=True)[:count]
        for own_windows in best
    ]


def _find_windows(
    ids: Tensor, strengths: Tensor, width: int, count: int
) -> Iterator[dict[tuple[int, ...], float]]:
    # Yields the `count` different windows with the strongest responses, for each filter of a width.
    spans = F.pad(ids, (0, width - 1), value=-1).unfold(1, width, 1).flatten(0, 1)
    # A random hash, modulo 2^64, tells windows apart; a single number sorts faster than a window.
    sums = spans.cpu().numpy() @ np.random.default_rng(0).integers(2**63, size=width)
    first = torch.from_numpy(np.unique(sums, return_index=True)[1]).to(ids.device)
    values, order = strengths.flatten(0, 1)[first].topk(min(count, len(first)), 0)
    distinct = spans[first[order]].swapaxes(0, 1).tolist()  # [filters, count, width]
    for own, responses in zip(distinct, values.T.tolist(), strict=True):
        pairs = zip(map(tuple, own), responses, strict=True)
        yield {window: value for window, value in pairs if value > float("-inf")}


def table(best_windows: Sequence[Sequence[Window]], text: TextEncoder) -> str:
    """Format windows in Markdown: a legend, then one line per filter."""
    legend = (
        "One line per filter; top: its strongest response. `·`: a token without text, such as a "
        f"review's start; `{END}`: beyond the end of a review; `?`: an unknown word"
    )
    lines = [legend, ""]
    lines += ["| # | width | top | windows, strongest first |", "|---|---|---|---|"]
    for number, best in enumerate(best_windows):
        phrases = " / ".join(_phrase(ids, text) for _, ids in best)
        strongest = f"{best[0][0]:.2f}" if best else ""
        lines.append(f"| {number} | {len(best[0][1]) if best else 0} | {strongest} | {phrases} |")
    return "\n".join(lines)


def feature_maps(encoder: Any, batch: Batch, number: int, text: TextEncoder) -> FeatureMaps:
    """Compute the output of each layer for one review of the batch.

    Args:
        encoder: an encoder that has `convolutions`.
        batch: the batch that contains the review.
        number: the review's row in the batch.
        text: the encoder that decodes the review's ids.
    """
    one = _rows(batch, slice(number, number + 1))
    ids, vectors, strengths = filter_responses(encoder, one)
    length = max(1, int(one.inputs.mask.sum()))
    words = [word(text, i) for i in ids[0, :length].tolist()]
    lstm_states = states(encoder, strengths, one.inputs.mask.sum(1))
    return FeatureMaps(
        words,
        vectors[0, :length].float().cpu(),
        strengths[0, :length].relu().float().cpu(),
        None if lstm_states is None else lstm_states[0, :length].float().cpu(),
    )


def states(encoder: Any, strengths: Tensor, lengths: Tensor) -> Tensor | None:
    """Compute the states of an LSTM that reads the filters' responses word by word.

    Args:
        encoder: an encoder that has `convolutions` and perhaps an LSTM, `recurrent`.
        strengths: responses `[batch, time, filters]`.
        lengths: number of words in each review, `[batch]`.

    Returns:
        The states `[batch, time, hidden_size]`; None if no LSTM reads the responses word by word.
    """
    if getattr(encoder, "pooled", True):
        return None
    steps = strengths.relu().transpose(0, 1)
    lstm_states: Tensor = encoder.recurrent(steps, lengths.to(strengths.device))
    return lstm_states.transpose(0, 1)


def _rows(batch: Batch, rows: slice) -> Batch:
    token_ids, mask = batch.inputs
    return Batch(Tokens(token_ids[rows], mask[rows]), batch.labels[rows])


def _phrase(ids: Sequence[int], text: TextEncoder) -> str:
    words = (word(text, i) if i >= 0 else END for i in ids)
    return " ".join(words).replace("|", "\\|").replace("`", "'")
