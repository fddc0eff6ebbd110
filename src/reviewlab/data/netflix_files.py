"""The file of Netflix reviews: its columns, and its download from Kaggle."""

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
    "data.before needs dates such as 2024-12-31, with or without a time; convert them, or set"
    " data.before=null"
)
_SCORES = {f"{score}{tail}": score for score in range(1, 6) for tail in ("", ".0")}


def read_texts(path: Path, table: WholeTable) -> list[str]:
    """Read the text column; null becomes an empty text.

    Raises:
        InputError: a value is not text; the message names its line.
    """
    texts = table.columns[TEXT]
    for row, text in enumerate(texts):
        if not isinstance(text, str | None):
            _refuse(path, table, row, TEXT, "allowed: a string")
    return [text or "" for text in texts]


def read_scores(path: Path, table: WholeTable) -> Labels:
    """Read the score column.

    Raises:
        InputError: a value is not 1, 2, 3, 4 or 5; the message names its line.
    """
    scores = [_SCORES.get(str(value).strip(), 0) for value in table.columns[SCORE]]
    if 0 in scores:
        _refuse(path, table, scores.index(0), SCORE, "allowed: 1, 2, 3, 4, 5")
    return np.array(scores, dtype=np.int64)


def dated_before(path: Path, table: WholeTable, day: str) -> NDArray[np.bool_]:
    """Return which reviews were written before a day; False for reviews without a date.

    Args:
        path: the file, for messages.
        table: the content of the file.
        day: year, month and day, such as `2025-01-01`.

    Raises:
        InputError: a date has another format; the message names its line.
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
