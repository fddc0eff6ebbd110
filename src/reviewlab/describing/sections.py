"""A description in sections, for the terminal and for a page."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewlab.console.table import aligned
from reviewlab.console.text import count_of, legible
from reviewlab.data.reviews import SPLITS
from reviewlab.describing.description import (
    Description,
    LengthFacts,
    OddText,
    OddTexts,
    UnknownWords,
)
from reviewlab.reporting.html import render
from reviewlab.runs.files import short_path

TEMPLATE = Path(__file__).parent / "page.html"

EXAMPLE_WIDTH = 48
"""Maximum width of an example, in terminal columns."""


class Section(NamedTuple):
    """A heading with a table and lines of text.

    Attributes:
        title: the heading.
        rows: the rows of the table, column titles first; empty for no table.
        right: whether each column is right-aligned.
        lines: lines below the table.
    """

    title: str
    rows: list[list[str]]
    right: list[bool]
    lines: list[str]


def format_text(description: Description) -> str:
    """Format a description as plain text, without a final newline."""
    blocks = ["\n".join(_lines(section)) for section in sections(description)]
    train = f"train on it:\n  {description.command}"
    return "\n\n".join([headline(description), *blocks, train])


def format_page(description: Description) -> str:
    """Format a description as one HTML file, without scripts or external resources."""
    return render(
        TEMPLATE,
        title=headline(description),
        sections=sections(description),
        command=description.command,
    )


def percent(share: float) -> str:
    """Format a share as a percentage; a share above 0 is never shown as 0."""
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def headline(description: Description) -> str:
    """Return the name of the data set and its size."""
    classes = next(iter(description.classes.values()))
    name = description.source or description.data
    if Path(name).is_absolute():
        name = short_path(Path(name))
    return f"{legible(name)}: {count_of(description.reviews, 'review')}, {len(classes)} classes"


def sections(description: Description) -> list[Section]:
    """Return the sections in order, without those that would be empty."""
    every = [
        *_columns(description),
        _classes(description.classes),
        _lengths(description),
        *_vocabularies(description.vocabularies),
        *_odd_texts(description.odd_texts, description.reviews),
        *_leaks(description),
        Section("notes", [], [], description.notes),
    ]
    return [section for section in every if section.rows or section.lines]


def _columns(description: Description) -> Iterator[Section]:
    if not description.columns:
        return
    rows = [["column", "kind", "distinct", "missing", "example"]]
    for column in description.columns:
        example = legible(column.example, EXAMPLE_WIDTH)
        counts = [f"{column.distinct:,}", f"{column.missing:,}"]
        rows.append([legible(column.name, EXAMPLE_WIDTH), column.kind, *counts, example])
    texts = " and ".join(map(legible, description.text_columns))
    lines = [f"read as text: {texts}", f"read as label: {legible(str(description.label_column))}"]
    yield Section("columns", rows, [False, False, True, True, False], lines)


def _classes(classes: dict[str, dict[str, int]]) -> Section:
    splits = [name for name in SPLITS if name in classes]
    rows = [["class", *splits]]
    totals = {split: sum(classes[split].values()) for split in splits}
    for name in classes["train"]:
        cells = [_share(classes[split][name], totals[split]) for split in splits]
        rows.append([legible(name, EXAMPLE_WIDTH), *cells])
    rows.append(["all", *(_share(totals[split], totals[split]) for split in splits)])
    return Section("classes", rows, [False, *(True for _ in splits)], [])


def _share(count: int, total: int) -> str:
    return f"{count:,} {percent(count / max(total, 1)):>6}"


def _lengths(description: Description) -> Section:
    lengths = description.lengths
    rows = [["unit", "mean", "median", "95 %", "longest"]]
    rows += [_length_row("words", lengths.words), _length_row("tokens", lengths.tokens)]
    cut = "no review"
    if lengths.cut:
        cut = f"{count_of(lengths.cut, 'review')} ({percent(lengths.share_cut)})"
    line = f"longer than data.text.max_length={lengths.max_length or 'null'} and cut: {cut}"
    return Section("lengths", rows, [False, *[True] * 4], [line])


def _length_row(unit: str, facts: LengthFacts) -> list[str]:
    numbers = (facts.mean, facts.median, facts.percentile_95)
    return [unit, *(f"{n:,.1f}".removesuffix(".0") for n in numbers), f"{facts.longest:,}"]


def _vocabularies(vocabularies: Sequence[UnknownWords]) -> Iterator[Section]:
    if not vocabularies:
        return
    splits = [name for name in SPLITS if name in vocabularies[0].unknown]
    rows = [["data.text.num_words", "words", *splits]]
    for facts in vocabularies:
        size = "null" if facts.num_words is None else str(facts.num_words)
        shares = [percent(facts.unknown[split]) for split in splits]
        rows.append([size, f"{facts.words:,}", *shares])
    own = next(size for size, facts in zip(rows[1:], vocabularies, strict=True) if facts.is_set)
    line = f"training would have {own[1]} words (data.text.num_words={own[0]})"
    yield Section("unknown words", rows, [True] * len(rows[0]), [line])


def _odd_texts(facts: OddTexts, reviews: int) -> Iterator[Section]:
    every = f"of {count_of(reviews, 'review')} have"
    if facts.empty:
        line = f"{facts.empty:,} {every} no text after cleaning"
        yield Section("empty texts", *_examples(facts.most_empty), [line])
    line = f"{facts.repeating:,} {every} the text of an earlier one"
    yield Section("repeated texts", *_examples(facts.most_repeated), [line])
    if facts.contradicting:
        line = f"{facts.contradicting:,} {every} a text that also has another label"
        yield Section("contradicting labels", *_examples(facts.most_contradicting), [line])


def _examples(texts: Sequence[OddText]) -> tuple[list[list[str]], list[bool]]:
    rows = [["reviews", "text", "labels"]]
    for text in texts:
        labels = ", ".join(f"{legible(name, 16)}: {n:,}" for name, n in text.labels.items())
        rows.append([f"{text.reviews:,}", legible(text.text, EXAMPLE_WIDTH), labels])
    return (rows, [True, False, False]) if texts else ([], [])


def _leaks(description: Description) -> Iterator[Section]:
    if description.leaks:
        rows = [["split", "also in train"]]
        splits = [name for name in SPLITS if name in description.leaks]
        rows += [[name, percent(description.leaks[name])] for name in splits]
        yield Section("held-out texts that are also in train", rows, [False, True], [])


def _lines(section: Section) -> Iterator[str]:
    yield f"{section.title}:"
    table = aligned(section.rows, section.right) if section.rows else []
    yield from (f"  {line}" for line in [*table, *section.lines])
