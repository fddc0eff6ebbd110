"""IMDB reviews in one table, as on Kaggle: `review,sentiment`, 50,000 rows."""

from pathlib import Path
from typing import NoReturn

import numpy as np

from reviewlab.data.reviews import Reviews
from reviewlab.data.tables import SUFFIXES, WholeTable, read_table, suffix_of
from reviewlab.exceptions import InputError

TEXT, LABEL = "review", "sentiment"
_LABELS = {"negative": 0, "neg": 0, "0": 0, "positive": 1, "pos": 1, "1": 1}


def is_table(path: Path) -> bool:
    """Test if a file is a table, judging by its suffix."""
    return suffix_of(path.name) in SUFFIXES


def read_one_table(path: Path, encoding: str | None, notes: list[str]) -> dict[str, Reviews]:
    """Read all rows as `train`: the table does not say which reviews are the official test set.

    Args:
        path: the table; columns other than `review` and `sentiment` are ignored.
        encoding: encoding of the file; None to detect it.
        notes: list that notes are added to.

    Raises:
        InputError: the table cannot be read, a review is not text, or a sentiment is unknown.
    """
    table = read_table(path, "data.source", [TEXT, LABEL], encoding)
    texts = [text or "" for text in table.columns[TEXT]]
    labels = [_LABELS.get(str(value).strip().lower(), -1) for value in table.columns[LABEL]]
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if label < 0:
            _refuse(path, table, row, LABEL, "allowed: positive, negative")
        if not isinstance(text, str):
            _refuse(path, table, row, TEXT, "allowed: a string")
    notes += table.notes
    notes.append(
        f"train: all {len(texts)} reviews of the table, which does not say which are the official"
        " test reviews; there is no test split"
    )
    return {"train": Reviews(texts, np.array(labels, np.int64))}


def _refuse(path: Path, table: WholeTable, row: int, column: str, allowed: str) -> NoReturn:
    raise InputError(f"data.source: {str(path)!r} {table.describe(row, column)}; {allowed}")
