"""An explanation as text for a terminal or a pipe; no information depends on colour."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from reviewlab.console.table import aligned
from reviewlab.console.text import legible, spelt
from reviewlab.exceptions import escape_controls
from reviewlab.explaining.explanation import Explanation
from reviewlab.explaining.reading import NO_WORDS, ReadWord

WIDTH = 80
WIDTHS = (5, 8, 8, 0)
"""Minimum widths of the table's columns, so that tables of several texts look alike."""
STRONGEST = 20
"""Most words in the table; the files have all."""
FAINT = 0.05
"""Share of the largest effect below which a word gets no colour, since it would be invisible."""
LISTED = 10
"""Most words named in a remark."""

STRONG = 0.4
"""Share of the largest effect from which a word's background is coloured, not its letters."""

FOR, AGAINST = "rgb(40,115,215)", "rgb(190,95,10)"
"""Blue and orange, which almost everybody can tell apart, with equal contrast to white and black;
words with a negative effect are underlined as well."""


def lines(explanation: Explanation) -> str:
    """Format the prediction, the method, the strongest words and the remarks."""
    parts = [_wrapped(head(explanation)), table(explanation), _wrapped(remarks(explanation))]
    return escape_controls("\n\n".join("\n".join(part) for part in parts if part))


def head(explanation: Explanation) -> list[str]:
    """Return lines with the prediction, the log odds with and without words, and the method."""
    answer = f"prediction: {explanation.prediction} (probability"
    answer += f" {explanation.probabilities[explanation.prediction]:.4f})"
    if not explanation.reading.words:
        return [answer]
    if explanation.label is None:
        first, *_, last = explanation.probabilities
        what = f"the output, from 0 ({first}) to {len(explanation.probabilities) - 1} ({last})"
    else:
        what = f"{explanation.scale} of {explanation.label}"
    return [
        answer,
        f"{what}: {explanation.with_words:+.3f} with the words,"
        f" {explanation.without_words:+.3f} without",
        f"method: {explanation.method} ({explanation.how})",
    ]


class WordRow(NamedTuple):
    """A word and its effect, for the table of the strongest words.

    Attributes:
        number: the word's position among the text's words, from 1.
        share: the word's share, as in `Explanation.shares`.
        effect: the word's effect, as in `Explanation.effects`.
        word: the word.
    """

    number: int
    share: float
    effect: float
    word: ReadWord


def read_words(explanation: Explanation) -> list[WordRow]:
    """List the words that reached the model, in the order of the text."""
    words = zip(explanation.reading.words, explanation.effects, explanation.shares, strict=True)
    return [
        WordRow(number, share, effect, word)
        for number, (word, effect, share) in enumerate(words, start=1)
        if effect is not None and share is not None
    ]


def table(explanation: Explanation) -> list[str]:
    """Format a table of the strongest words: position in the text, share, effect, spelling."""
    words = sorted(read_words(explanation), key=lambda row: -abs(row.effect))
    if not words:
        return []
    rows = [["place", "share", "effect", "word"]]
    rows += [
        [str(row.number), *_numbers(row.share, row.effect), _named(explanation, row.word)]
        for row in words[:STRONGEST]
    ]
    if rest := words[STRONGEST:]:
        totals = _numbers(sum(row.share for row in rest), sum(row.effect for row in rest))
        rows.append(["", *totals, f"{len(rest):,} others together"])
    return aligned(rows, right=[True, True, True, False], least=WIDTHS)


def _numbers(share: float, effect: float) -> list[str]:
    return [f"{share:+.1%}", f"{effect:+.3f}"]


def _named(explanation: Explanation, word: ReadWord) -> str:
    spelling = spelt(explanation.reading.spelling(word), WIDTH - 40)
    return spelling if word.known else f"{spelling} (unknown)"


def remarks(explanation: Explanation) -> list[str]:
    """Return sentences that explain the table, and that list cut-off and unknown words."""
    sentences = []
    if explanation.chosen:
        sentences.append(f"occlusion, because {explanation.chosen}")
    if explanation.gap is not None and explanation.rough:
        sentences.append(
            f"the effects miss the difference by {explanation.gap:+.3f}: they are only approximate"
        )
    if explanation.reading.words:
        sentences += [
            "share: the effect divided by the sum of all absolute effects",
            f"without: {explanation.without}",
        ]
    else:
        sentences.append(NO_WORDS)
    if unread := explanation.unread:
        words = f"{len(unread):,} of {len(explanation.reading.words):,} words"
        sentences.append(f"cut off and not read: {words}: {_listed(explanation, unread)}")
    spelling = explanation.reading.spelling
    if unknown := [*{spelling(word): word for word in explanation.unknown}.values()]:
        alike = " (all are read as the same word)" if len(unknown) > 1 else ""
        sentences.append(f"not in the vocabulary: {_listed(explanation, unknown)}{alike}")
    return sentences


def _listed(explanation: Explanation, words: list[ReadWord]) -> str:
    named = [spelt(explanation.reading.spelling(word), 30) for word in words[:LISTED]]
    more = f" and {len(words) - LISTED:,} more" if len(words) > LISTED else ""
    return ", ".join(named) + more


def _wrapped(sentences: list[str]) -> list[str]:
    """Wrap sentences, counting terminal columns, since some characters take two."""
    lines: list[str] = []
    for sentence in sentences:
        line = ""
        for word in sentence.split(" "):
            if line.strip() and cell_len(line) + 1 + cell_len(word) > WIDTH:
                lines.append(line)
                line = f"  {word}"
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines


def coloured(explanation: Explanation) -> Text:
    """Colour the words of the text by their effects.

    Strong words get a coloured background, and the others coloured letters. A paler background
    would have to fade towards the terminal's, which may be light or dark.
    """
    text = Text()
    for piece, _, strength in pieces(explanation):
        text.append(legible_piece(piece), _style(strength))
    against, towards = ends(explanation)
    text.append("\n\n").append(f" {against} ", _style(-1.0)).append(" ")
    text.append(f" {towards} ", _style(1.0))
    if explanation.unread:
        text.append(" ").append("not read", _style(None))
    return text


def ends(explanation: Explanation) -> tuple[str, str]:
    """Describe the effect of words with a negative share, and of words with a positive share."""
    if explanation.label is None:
        return "lowers the output", "raises the output"
    return f"against {explanation.label}", f"for {explanation.label}"


def legible_piece(piece: str) -> str:
    """Make a piece of text legible, as `legible` does, but keep a space at either end."""
    inner = legible(piece)
    if not inner:
        return " " if piece else ""
    before = " " if piece[0].isspace() else ""
    after = " " if piece[-1].isspace() else ""
    return before + inner + after


def pieces(explanation: Explanation) -> Iterator[tuple[str, int | None, float | None]]:
    """Split the text into words and the text between them, each with its index and strength.

    Yields:
        The piece; its word's index (None between words); and its strength, the word's effect
        divided by the largest effect: from -1 to 1, 0 between words, None for a word that was cut
        off.
    """
    text, end = explanation.reading.text, 0
    largest = max((abs(e) for e in explanation.effects if e is not None), default=0.0) or 1.0
    for number, (word, effect) in enumerate(
        zip(explanation.reading.words, explanation.effects, strict=True)
    ):
        start = max(word.start, end)  # two words may share a letter, which is shown once
        if start > end:
            yield text[end:start], None, 0.0
        if word.end > start:
            yield text[start : word.end], number, None if effect is None else effect / largest
        end = max(end, word.end)
    if text[end:]:
        yield text[end:], None, 0.0


def _style(strength: float | None) -> Style:
    if strength is None:
        return Style(dim=True, strike=True)
    if abs(strength) < FAINT:
        return Style()
    colour = FOR if strength > 0 else AGAINST
    strong = abs(strength) >= STRONG
    return Style(color=colour, reverse=strong, bold=strong, underline=strength < 0)
