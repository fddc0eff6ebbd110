"""An explanation for a terminal and for a pipe: everything is said without colour too."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from reviewlab.console.table import aligned
from reviewlab.console.text import legible, spelt
from reviewlab.explaining.explanation import Explanation
from reviewlab.explaining.reading import NO_WORDS, ReadWord

WIDTH = 80
WIDTHS = (5, 8, 8, 0)
"""Least widths of the table's columns, so that tables of several texts look alike."""
STRONGEST = 20
"""Words of the table; the files have all."""
FAINT = 0.05
"""Share of the largest effect below which a word gets no colour, since nobody could see it."""
LISTED = 10
"""Words that a remark names."""

STRONG = 0.4
"""Share of the largest effect from which a word gets a coloured ground instead of letters."""

FOR, AGAINST = "rgb(40,115,215)", "rgb(190,95,10)"
"""Blue and orange, which few people cannot tell apart, as far from white as from black; what speaks
against is underlined too."""


def lines(explanation: Explanation) -> str:
    """The answer, how it is explained, the strongest words, and what was not read."""
    parts = [_wrapped(head(explanation)), table(explanation), _wrapped(remarks(explanation))]
    return "\n\n".join("\n".join(part) for part in parts if part)


def head(explanation: Explanation) -> list[str]:
    """Say what is answered, how far the words move it, and by which method that was found."""
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
    """A word that was read.

    number: its place among the words of the text, from 1.
    share, effect: as in `Explanation`.
    """

    number: int
    share: float
    effect: float
    word: ReadWord


def read_words(explanation: Explanation) -> list[WordRow]:
    """List the words that were read, in the order of the text."""
    words = zip(explanation.reading.words, explanation.effects, explanation.shares, strict=True)
    return [
        WordRow(number, share, effect, word)
        for number, (word, effect, share) in enumerate(words, start=1)
        if effect is not None and share is not None
    ]


def table(explanation: Explanation) -> list[str]:
    """Align a line a word, the strongest first: place in the text, share, effect, spelling."""
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
    """Explain what a reader would otherwise misunderstand."""
    sentences = []
    if explanation.chosen:
        sentences.append(f"occlusion, because {explanation.chosen}")
    if explanation.gap is not None and explanation.rough:
        sentences.append(
            f"the effects miss the difference by {explanation.gap:+.3f}: read them as rough"
        )
    if explanation.reading.words:
        sentences += [
            "share: the effect over the sizes of all effects",
            f"without: {explanation.without}",
        ]
    else:
        sentences.append(NO_WORDS)
    if unread := explanation.unread:
        words = f"{len(unread):,} of {len(explanation.reading.words):,} words"
        sentences.append(f"cut off and not read: {words}: {_listed(explanation, unread)}")
    spelling = explanation.reading.spelling
    if unknown := [*{spelling(word): word for word in explanation.unknown}.values()]:
        alike = " (all of them are read as one and the same word)" if len(unknown) > 1 else ""
        sentences.append(f"not in the vocabulary: {_listed(explanation, unknown)}{alike}")
    return sentences


def _listed(explanation: Explanation, words: list[ReadWord]) -> str:
    named = [spelt(explanation.reading.spelling(word), 30) for word in words[:LISTED]]
    more = f" and {len(words) - LISTED:,} more" if len(words) > LISTED else ""
    return ", ".join(named) + more


def _wrapped(sentences: list[str]) -> list[str]:
    """Wrap by columns of a terminal: some letters take two."""
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
    """The text with its words in colours that say what they speak for.

    The strong ones stand on a ground. What a ground could fade to depends on the terminal, light
    or dark, and nobody knows which it is: the others have coloured letters instead.
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
    """Say what words with a negative and with a positive share do."""
    if explanation.label is None:
        return "makes it lower", "makes it higher"
    return f"against {explanation.label}", f"for {explanation.label}"


def legible_piece(piece: str) -> str:
    """Make a piece legible as `legible` does, and keep a space at either end."""
    inner = legible(piece)
    if not inner:
        return " " if piece else ""
    before = " " if piece[0].isspace() else ""
    after = " " if piece[-1].isspace() else ""
    return before + inner + after


def pieces(explanation: Explanation) -> Iterator[tuple[str, int | None, float | None]]:
    """The text in pieces: each a word, with its number, or what stands between.

    With it the effect over the largest, from -1 to 1; 0 between words; None for words not read.
    """
    text, end = explanation.reading.text, 0
    largest = max((abs(e) for e in explanation.effects if e is not None), default=0.0) or 1.0
    for number, (word, effect) in enumerate(
        zip(explanation.reading.words, explanation.effects, strict=True)
    ):
        start = max(word.start, end)  # two words may come of one letter: each is shown once
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
