"""IMDB reviews in one table, as on Kaggle: `review,sentiment`, 50,000 rows."""

from pathlib import Path

import numpy as np

from reviewlab.data.reviews import Reviews
from reviewlab.data.tables import read_table

TEXT, LABEL = "review", "sentiment"
_LABELS = {"negative": 0, "neg": 0, "0": 0, "positive": 1, "pos": 1, "1": 1}


def read_one_table(path: Path, encoding: str | None, notes: list[str]) -> dict[str, Reviews]:
    """Read all rows as `train`: the table does not say which reviews are the official test set.

    Args:
        path: the table; columns other than `review` and `sentiment` are ignored.
        encoding: encoding of the file; None to detect it.
        notes: list that notes are added to.

    Raises:
        InputError: the table cannot be read, a review is not text, or a sentiment is unknown.
    """
    table = read_table(path, "data.source", None, encoding)
    if not {TEXT, LABEL} <= table.columns.keys():
        table.source.refuse(
            f"has the columns {', '.join(table.columns)}, but Kaggle's table of IMDB reviews has"
            f" {TEXT} and {LABEL}; data=table reads any table"
        )
    texts = [text or "" for text in table.columns[TEXT]]
    labels = [_LABELS.get(str(value).strip().lower(), -1) for value in table.columns[LABEL]]
    if unknown := [row for row, label in enumerate(labels) if label < 0]:
        table.refuse(unknown, LABEL, "allowed: positive, negative")
    if no_texts := [row for row, text in enumerate(texts) if not isinstance(text, str)]:
        table.refuse(no_texts, TEXT, "allowed: text")
    notes += table.notes
    notes.append(
        f"train: all {len(texts)} reviews of the table, which does not say which are the official"
        " test reviews; there is no test split"
    )
    return {"train": Reviews(texts, np.array(labels, np.int64))}
