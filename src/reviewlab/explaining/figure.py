"""An explanation as a picture: words on coloured backgrounds, and below them the attention."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import text_to_path

from reviewlab.explaining.explanation import Explanation
from reviewlab.explaining.lines import FAINT, ends, head, legible_piece, pieces
from reviewlab.explaining.page import STRONGEST_GROUND

WIDTH, MARGIN = 504.0, 14.0
"""Width and margin in points; the width is 7 inches, that of a page."""

SIZE, LINE = 11.0, 19.0
"""Font size and line spacing, in points."""

HEAD_CHARACTERS = 84
FOR, AGAINST, LOOKED_AT = "#3c82f0", "#eb7828", "#7a4fc9"
UNREAD = "0.6"


class Placed(NamedTuple):
    """A piece of the text and its position in the picture.

    Attributes:
        text: a word, or the text between two words.
        x: left edge of the piece, in points.
        y: middle of the line, in points from the top.
        width: width of the piece, in points.
        number: index of the word; None between words.
    """

    text: str
    x: float
    y: float
    width: float
    number: int | None


def draw_explanation(explanation: Explanation, attention: list[float | None] | None) -> Figure:
    """Draw which class each word supports, and below that the model's attention.

    Args:
        explanation: a text's explanation.
        attention: attention weight of each word; None for a model without attention.
    """
    title, *rest = head(explanation)
    lines = [part for line in rest for part in textwrap.wrap(line, HEAD_CHARACTERS)]
    top = MARGIN + LINE * (1.5 + len(lines))
    words = list(_place(explanation, top))
    below = max((placed.y for placed in words), default=top) + 1.5 * LINE
    looked_at = list(_place(explanation, below + 2.5 * LINE)) if attention else []
    height = max((placed.y for placed in looked_at), default=below) + LINE
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    axes.text(MARGIN, MARGIN + LINE / 2, title, size=SIZE + 1, weight="bold", va="center")
    for place, line in enumerate(lines, start=1):
        axes.text(MARGIN, MARGIN + LINE * (place + 0.5), line, size=SIZE - 2, va="center")
    strengths = {number: strength for _, number, strength in pieces(explanation)}
    for placed in words:
        _draw_word(axes, placed, explanation, strengths[placed.number])
    if explanation.reading.words:
        _draw_key(axes, below, explanation)
    if attention:
        largest = max(weight or 0.0 for weight in attention) or 1.0
        share = f"attention: the darkest word gets {largest:.0%} of it"
        axes.text(MARGIN, below + 2 * LINE, share, size=SIZE - 2, va="center")
        for placed in looked_at:
            _draw_attention(axes, placed, attention, largest)
    return figure


def _place(explanation: Explanation, top: float) -> Iterator[Placed]:
    """Break the text into lines, and yield its pieces with their positions.

    Args:
        explanation: the explanation, which contains the text.
        top: upper edge of the first line, in points.
    """
    x, y = MARGIN, top + LINE / 2
    for text, number, _ in pieces(explanation):
        legible = legible_piece(text)
        width = _width(legible)
        if x + width > WIDTH - MARGIN and x > MARGIN:
            x, y = MARGIN, y + LINE
            legible = legible.lstrip()
            width = _width(legible)
        if legible:
            yield Placed(legible, x, y, width, number)
        x += width


def _width(text: str) -> float:
    """Return the width of a text in points, including spaces at either end."""
    if not text:
        return 0.0
    font = FontProperties(size=SIZE)
    mark, _, _ = text_to_path.get_text_width_height_descent("|", font, ismath=False)
    width, _, _ = text_to_path.get_text_width_height_descent(f"|{text}|", font, ismath=False)
    return float(width - 2 * mark)


def _draw_word(
    axes: Axes, placed: Placed, explanation: Explanation, strength: float | None
) -> None:
    """Draw a word on a background in the colour of the class that it supports.

    Args:
        axes: axes whose coordinates are points from the upper left corner.
        placed: the word, or the text between two words.
        explanation: the explanation of the whole text.
        strength: the word's effect divided by the largest effect, from -1 to 1; None if the word
            was not read.
    """
    is_word = placed.number is not None
    colour = FOR if (strength or 0.0) > 0 else AGAINST
    if is_word and abs(strength or 0.0) >= FAINT:
        _draw_ground(axes, placed, colour, STRONGEST_GROUND * abs(strength or 0.0))
        if (strength or 0.0) < 0:
            _draw_line(axes, placed, 0.32, colour)
    if strength is None:
        _draw_line(axes, placed, 0.0, UNREAD)
    is_known = placed.number is None or explanation.reading.words[placed.number].known
    _draw_text(axes, placed, UNREAD if strength is None else "black", italic=not is_known)


def _draw_attention(
    axes: Axes, placed: Placed, attention: Sequence[float | None], largest: float
) -> None:
    """Draw a word: the more attention it gets, the darker its background.

    Args:
        axes: axes whose coordinates are points from the upper left corner.
        placed: the word, or the text between two words.
        attention: attention weight of each word.
        largest: the largest of these weights.
    """
    weight = 0.0 if placed.number is None else attention[placed.number]
    if weight:
        _draw_ground(axes, placed, LOOKED_AT, STRONGEST_GROUND * weight / largest)
    _draw_text(axes, placed, UNREAD if weight is None else "black")


def _draw_ground(axes: Axes, placed: Placed, colour: str, opacity: float) -> None:
    corner = (placed.x - 1, placed.y - 0.42 * LINE)
    axes.add_patch(
        Rectangle(corner, placed.width + 2, 0.84 * LINE, color=colour, alpha=opacity, linewidth=0)
    )


def _draw_line(axes: Axes, placed: Placed, below: float, colour: str) -> None:
    y = placed.y + below * LINE
    axes.plot([placed.x, placed.x + placed.width], [y, y], color=colour, linewidth=0.8)


def _draw_text(axes: Axes, placed: Placed, colour: str, italic: bool = False) -> None:
    style = "italic" if italic else "normal"
    baseline = placed.y + 0.36 * SIZE
    axes.text(
        placed.x, baseline, placed.text, size=SIZE, color=colour, va="baseline", fontstyle=style
    )


def _draw_key(axes: Axes, y: float, explanation: Explanation) -> None:
    """Draw the legend, which explains colours, italics and struck-through words.

    Args:
        axes: axes whose coordinates are points from the upper left corner.
        y: vertical middle of the legend, in points.
        explanation: the explanation of the text.
    """
    x = MARGIN
    for name, colour in zip(ends(explanation), (AGAINST, FOR), strict=True):
        placed = Placed(name, x, y, _width(name), None)
        _draw_ground(axes, placed, colour, STRONGEST_GROUND)
        if colour == AGAINST:
            _draw_line(axes, placed, 0.32, colour)
        _draw_text(axes, placed, "black")
        x += placed.width + SIZE
    remarks = ["italics: not in the vocabulary"] if explanation.unknown else []
    remarks += ["struck through: not read"] if explanation.unread else []
    axes.text(x, y, "; ".join(remarks), size=SIZE - 2, va="center")
