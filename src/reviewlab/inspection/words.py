"""Draw reviews as pictures: the larger a word's weight, the darker its background."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from reviewlab.data.batch import Batch
from reviewlab.inspection.pictures import Picture, font
from reviewlab.text.encoder import TextEncoder

WIDTH, MARGIN, LINE, SIZE = 440, 8, 23, 14
"""Sizes in pixels; TensorBoard's cards are not much wider, and shrink wider pictures."""

GROUND, DARK, INK = (255, 255, 255), (255, 127, 14), (20, 20, 20)
MOST_WORDS = 250


class Fixed(NamedTuple):
    """The reviews that every drawing shows, as a batch and as words."""

    batch: Batch
    words: list[list[str]]


def fixed_batch(loader: Any, count: int) -> Batch:
    """Gather `count` reviews, spread evenly over a loader's corpus; they are always the same."""
    places = np.unique(np.linspace(0, len(loader.corpus) - 1, count).astype(np.int64))
    batch: Batch = loader.gather(places)
    return batch


def fixed_reviews(loader: Any, count: int) -> Fixed:
    """Gather the same reviews as `fixed_batch`, together with their words."""
    batch = fixed_batch(loader, count)
    rows = zip(batch.inputs.token_ids, batch.inputs.mask, strict=True)
    return Fixed(
        batch, [[word(loader.text, int(i)) for i in ids[row_mask]] for ids, row_mask in rows]
    )


def word(text: TextEncoder, token_id: int) -> str:
    """Return a token in readable form: `?` for an unknown word, `·` for a token without text."""
    return text.decode([token_id]).strip() or "·"


def heat_map(title: str, words: Sequence[str], weights: Sequence[float]) -> Picture:
    """Draw words in reading order; the larger a word's weight, the darker its background.

    Shades are relative to the largest weight. The picture states this weight, and the share of the
    total weight that belongs to words that do not fit in.

    Args:
        title: the picture's first line.
        words: the words of a review.
        weights: the words' weights, none of them negative.
    """
    plain, bold = font("DejaVuSans", SIZE), font("DejaVuSans-Bold", SIZE)
    visible = words[:MOST_WORDS]
    largest = max(weights[:MOST_WORDS], default=0.0)
    hidden = sum(weights[MOST_WORDS:]) / (sum(weights) or 1.0)
    more = len(words) - len(visible)
    cut = f"; {more} more words: {hidden:.0%} of all" if more else ""
    places = list(_lay_out([plain.getlength(f" {text} ") for text in visible]))
    height = 2 * MARGIN + LINE * (3 + (places[-1][1] if places else 0))
    image = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), title, INK, bold)
    draw.text((MARGIN, MARGIN + LINE), f"darkest: {largest:.2g}{cut}", INK, plain)
    for text, weight, (x, line, width) in zip(visible, weights, places, strict=False):
        y = MARGIN + LINE * (line + 2)
        ground = _between(weight / (largest or 1.0))
        draw.rectangle((x, y, x + width - 2, y + LINE - 3), ground)
        draw.text((x + width / 2 - 1, y + 1), text, INK, plain, anchor="ma")
    return np.asarray(image)


def _lay_out(widths: Sequence[float]) -> Iterator[tuple[float, int, float]]:
    """Break words of these widths into lines; yield each word's left edge, line and width."""
    x, line = float(MARGIN), 0
    for width in widths:
        if x + width > WIDTH - MARGIN and x > MARGIN:
            x, line = float(MARGIN), line + 1
        yield x, line, min(width, WIDTH - 2 * MARGIN)
        x += width


def _between(share: float) -> tuple[int, int, int]:
    red, green, blue = (round(g + (d - g) * share) for g, d in zip(GROUND, DARK, strict=True))
    return red, green, blue
