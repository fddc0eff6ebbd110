"""The file of Netflix reviews: its columns and scores, and where Kaggle keeps it."""

from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.dates import is_date
from reviewlab.data.netflix_labels import Labels
from reviewlab.data.tables import WholeTable
from reviewlab.exceptions import InputError, first_line

KAGGLE_ID = "ashishkumarak/netflix-reviews-playstore-daily-updated"
TEXT, SCORE, DATE = "content", "score", "at"
_DATES = (
    "with data.before, dates have to be written as 2024-12-31, and a time may follow; write them"
    " so, or leave out data.before"
)
_SCORES = {f"{score}{tail}": score for score in range(1, 6) for tail in ("", ".0")}


def read_texts(path: Path, table: WholeTable) -> list[str]:
    """Read the column of texts; null is an empty review.

    Raises:
        InputError: a value is no text; names the line.
    """
    texts = table.columns[TEXT]
    for row, text in enumerate(texts):
        if not isinstance(text, str | None):
            _refuse(path, table, row, TEXT, "allowed is a text")
    return [text or "" for text in texts]


def read_scores(path: Path, table: WholeTable) -> Labels:
    """Read the column of scores, 1 to 5.

    Raises:
        InputError: a value is none of these; names the line.
    """
    scores = [_SCORES.get(str(value).strip(), 0) for value in table.columns[SCORE]]
    if 0 in scores:
        _refuse(path, table, scores.index(0), SCORE, "allowed are 1, 2, 3, 4, 5")
    return np.array(scores, dtype=np.int64)


def dated_before(path: Path, table: WholeTable, day: str) -> NDArray[np.bool_]:
    """Tell for each review if it was written before `day` (`2025-01-01`); never without a date.

    Args:
        path: the file, for the message.
        table: its columns.
        day: year, month and day.

    Raises:
        InputError: a date is written in another way; names the line.
    """
    early = []
    for row, value in enumerate(table.columns[DATE]):
        date = "" if value is None else str(value).strip()
        if date and not is_date(date):
            _refuse(path, table, row, DATE, _DATES)
        early.append(bool(date) and date[: len(day)] < day)
    return np.array(early, dtype=bool)


def _refuse(path: Path, table: WholeTable, row: int, column: str, allowed: str) -> NoReturn:
    raise InputError(f"data.source: {str(path)!r} {table.describe(row, column)}; {allowed}")


def download() -> Path:
    """Download the file from Kaggle, by the extra `kaggle`, which keeps it.

    Raises:
        InputError: the extra is not installed, or Kaggle does not give the file.
    """
    ways = "give the CSV in data.source or in the environment variable REVIEWLAB_NETFLIX"
    try:
        import kagglehub
    except ImportError:
        raise InputError(
            f"data.source: there is none; {ways}, or let the extra download it:"
            " pip install 'reviewlab[kaggle]'"
        ) from None
    try:
        folder = Path(kagglehub.dataset_download(KAGGLE_ID))
    except Exception as error:  # whatever the network, Kaggle and its library may raise
        raise InputError(
            f"data.source: {KAGGLE_ID} cannot be had from Kaggle ({first_line(error)}); {ways}"
        ) from error
    tables = sorted(folder.rglob("*.csv"))
    if not tables:
        raise InputError(f"data.source: Kaggle's {KAGGLE_ID} in {str(folder)!r} has no CSV; {ways}")
    return tables[0]
