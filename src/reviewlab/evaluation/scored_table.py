"""Classify a table of reviews chunk by chunk, and write it with columns for the predictions."""

import itertools
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reviewlab.console.table import on_one_line
from reviewlab.data.labelled.columns import find_text_column
from reviewlab.data.labelled.reading import join_texts
from reviewlab.data.tables import (
    TEXT_COLUMNS,
    Format,
    Rows,
    Table,
    as_list,
    create_table,
    open_table,
    pick,
)
from reviewlab.exceptions import InputError
from reviewlab.explaining.scoring import Scores, score
from reviewlab.models.classifier import ReviewClassifier

PROBABILITY_DIGITS = 7
"""Decimals to write: as many as a 32-bit float has."""


def score_table(
    classifier: ReviewClassifier,
    source: str,
    target: str,
    text_column: str | None = None,
    table_format: Format | None = None,
    batch_size: int = 256,
    encoding: str | None = None,
) -> int:
    """Classify a table's reviews, write the table with their predictions, and count the reviews.

    Args:
        classifier: the classifier, on its device.
        source: a table, or "-" for stdin.
        target: the file to write, or "-" for stdout.
        text_column: the column with the reviews, or a dotted path to it; None reads the columns
            that the classifier was trained on, else `text`, `content` or `review`.
        table_format: the format of "-" and of files without a known suffix.
        batch_size: number of reviews per batch; affects speed and memory only.
        encoding: the encoding of the source; None to detect it.

    Returns:
        The number of reviews.

    Raises:
        InputError: the table cannot be read or written.
    """
    count = 0
    with open_table(source, "input", table_format, encoding) as table:
        sys.stderr.writelines(f"{on_one_line(note)}\n" for note in table.notes)
        chunks = read_texts(classifier, table, text_column)
        names = _choose_columns(classifier, table)
        columns = [*table.columns, *names]
        with (
            create_table(target, columns, "output", table_format) as out,
            show_progress(table) as advance,
        ):
            for rows, texts in chunks:
                scores = score(classifier, texts, batch_size)
                answers = added_columns(classifier, scores)
                out.write({**rows, **dict(zip(names, answers, strict=True))})
                advance(count := count + len(scores.predictions))
    return count


def read_texts(
    classifier: ReviewClassifier, table: Table, text_column: str | None
) -> Iterator[tuple[Rows, list[str]]]:
    """Choose the text columns, then return an iterator over the chunks of the table.

    The columns are chosen before the iteration begins.

    Args:
        classifier: the classifier, whose config may name the columns.
        table: the table to classify.
        text_column: the column with the reviews, as for `score_table`.

    Returns:
        An iterator that yields the rows and the texts of each chunk.
    """
    chunks = iter(table)
    first = next(chunks, {})
    columns = text_columns(classifier, table, text_column, first)
    return (
        (rows, join_texts([texts_of(table, rows, name) for name in columns]))
        for rows in itertools.chain(filter(None, [first]), chunks)
    )


def text_columns(
    classifier: ReviewClassifier, table: Table, wanted: str | None, first: Rows
) -> list[str]:
    """Return the columns that hold the texts of a table.

    Args:
        classifier: the classifier, whose config may name the columns.
        table: the table to classify.
        wanted: the column to read; None reads the columns used in training, else a column with a
            usual name, else the only column that holds texts.
        first: the first rows of the table.

    Raises:
        InputError: no column is recognised as the one with texts, or one of several columns used in
            training is missing.
    """
    named = (classifier.config.get("data") or {}).get("text_column") if wanted is None else wanted
    names = [named] if isinstance(named, str) else [*(named or ())]
    missing = [name for name in names if name not in {*table.columns, *table.nested}]
    if missing and len(names) > 1:
        raise InputError(
            f"input: has no column {missing[0]!r}, but the classifier was trained on "
            f"{' and '.join(names)}; give text_column=<column> to read a single column instead"
        )
    if names and not missing:
        return names
    is_usual = not {*TEXT_COLUMNS}.isdisjoint(table.columns)
    found = None if wanted or is_usual else find_text_column(_as_lists(first))
    if found is not None:
        sys.stderr.write(f"texts: {on_one_line(found)}\n")
    return [found or table.text_column(wanted)]


def _as_lists(rows: Rows) -> dict[str, list[Any]]:
    return {name: as_list(values) for name, values in rows.items()}


def new_columns(classifier: ReviewClassifier, taken: Collection[str] = ()) -> list[str]:
    """Return the names of the columns that the output adds to those of the input.

    `taken` has the input's columns. If one of the new names is among them, because the input was
    classified before, all new names get the same suffix: the smallest number, from 2, that makes
    all of them unique.
    """
    names = ["prediction", *probability_columns(classifier.label_names)]
    numbered = ([f"{name}_{number}" for name in names] for number in itertools.count(2))
    choices = itertools.chain([names], numbered)
    return next(choice for choice in choices if {*choice}.isdisjoint(taken))


def _choose_columns(classifier: ReviewClassifier, table: Table) -> list[str]:
    """Return the names of the new columns, and print them if they are not the usual ones."""
    names = new_columns(classifier, table.columns)
    if names != new_columns(classifier):
        new = on_one_line(", ".join(names))
        sys.stderr.write(f"input: already has prediction columns; new columns: {new}\n")
    return names


def probability_columns(label_names: Sequence[str]) -> list[str]:
    """Return the names of the probability columns, one for each label."""
    return [f"probability_{name}" for name in label_names]


def added_columns(classifier: ReviewClassifier, scores: Scores) -> list[list[Any]]:
    """Return the values of each new column for the reviews of one chunk."""
    names = classifier.label_names
    predictions = [names[i] for i in scores.predictions.tolist()]
    probabilities = scores.probabilities.astype("float64").round(PROBABILITY_DIGITS).T.tolist()
    return [predictions, *probabilities]


def texts_of(table: Table, rows: Rows, column: str) -> list[str]:
    """Return the reviews of a chunk; null is an empty review, as in a csv file.

    Args:
        table: the table, which has just read the chunk.
        rows: the chunk.
        column: the column of the reviews, or a dotted path to them.

    Raises:
        InputError: a value is not text; the message names up to ten lines.
    """
    values = as_list(pick(rows, column))
    kinds = set(map(type, values)) - {str}
    if not kinds:
        return values
    if no_texts := [row for row, value in enumerate(values) if not isinstance(value, str | None)]:
        table.refuse(no_texts, f"{column!r} is {values[no_texts[0]]!r:.40}, which is not text")
    return [value or "" for value in values]


@contextmanager
def show_progress(table: Table) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal; yield a function that sets the number of reviews done."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.fields[count]:,} reviews"), BarColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=Console(stderr=True), transient=True) as bar:
        total = None if table.share_read is None else 1.0
        task = bar.add_task("", total=total, count=0)
        yield lambda count: bar.update(task, completed=table.share_read or 0.0, count=count)
