"""The file of Netflix reviews: its columns, and its download from Kaggle."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.dates import read_dates
from reviewlab.data.netflix_labels import Labels
from reviewlab.data.tables import WholeTable
from reviewlab.exceptions import InputError, first_line

KAGGLE_ID = "ashishkumarak/netflix-reviews-playstore-daily-updated"
TEXT, SCORE, DATE = "content", "score", "at"
_DATES = (
    "data.before needs dates such as 2024-12-31, with or without a time; convert them, or set"
    " data.before=null"
)
_SCORES = {f"{score}{tail}": score for score in range(1, 6) for tail in ("", ".0")}


def read_texts(table: WholeTable) -> list[str]:
    """Read the column of texts; null becomes an empty text.

    Raises:
        InputError: a value is not text; the message names the lines.
    """
    texts = table.columns[TEXT]
    if no_texts := [row for row, text in enumerate(texts) if not isinstance(text, str | None)]:
        table.refuse(no_texts, TEXT, "allowed: text")
    return [text or "" for text in texts]


def read_scores(table: WholeTable) -> Labels:
    """Read the column of scores.

    Raises:
        InputError: a value is not 1, 2, 3, 4 or 5; the message names the lines.
    """
    scores = [_SCORES.get(str(value).strip(), 0) for value in table.columns[SCORE]]
    if unknown := [row for row, score in enumerate(scores) if not score]:
        table.refuse(unknown, SCORE, "allowed: 1, 2, 3, 4, 5")
    return np.array(scores, dtype=np.int64)


def dated_before(table: WholeTable, day: str) -> NDArray[np.bool_]:
    """Find the reviews written before a day; reviews without a date are not among them.

    Args:
        table: the columns of the file.
        day: year, month and day, such as `2025-01-01`.

    Raises:
        InputError: a date has another format; the message names the lines.
    """
    dates, unreadable = read_dates(table.columns[DATE])
    if unreadable:
        table.refuse(unreadable, DATE, _DATES)
    return np.array([bool(date) and date[: len(day)] < day for date in dates], dtype=bool)


def download() -> Path:
    """Download the file from Kaggle, or find an earlier download; return its path.

    Raises:
        InputError: the extra is not installed, or the file cannot be downloaded.
    """
    remedy = "set data.source or the environment variable REVIEWLAB_NETFLIX to the CSV file"
    try:
        import kagglehub
    except ImportError:
        raise InputError(
            f"data.source: null is not allowed without the extra that downloads the file; {remedy},"
            " or run: pip install 'reviewlab[kaggle]'"
        ) from None
    try:
        folder = Path(kagglehub.dataset_download(KAGGLE_ID))
    except Exception as error:  # the network, Kaggle and its library may raise anything
        raise InputError(
            f"data.source: {KAGGLE_ID} cannot be downloaded from Kaggle ({first_line(error)});"
            f" {remedy}"
        ) from error
    tables = sorted(folder.rglob("*.csv"))
    if not tables:
        raise InputError(
            f"data.source: Kaggle's {KAGGLE_ID} in {str(folder)!r} has no CSV file; {remedy}"
        )
    return tables[0]
