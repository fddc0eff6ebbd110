"""The file of Netflix reviews: its columns and scores, and where Kaggle keeps it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.netflix_labels import Labels
from reviewlab.exceptions import InputError, first_line

KAGGLE_ID = "ashishkumarak/netflix-reviews-playstore-daily-updated"
TEXT, SCORE, DATE = "content", "score", "at"
_SCORES = {f"{score}{tail}": score for score in range(1, 6) for tail in ("", ".0")}


def read_scores(path: Path, values: Sequence[str], lines: Sequence[int]) -> Labels:
    """Read the column of scores, 1 to 5.

    Args:
        path: the file, for the message.
        values: of the column.
        lines: of the file, on which the rows begin.

    Raises:
        InputError: a value is none of these; names the line.
    """
    scores = [_SCORES.get(value.strip(), 0) for value in values]
    if 0 in scores:
        row = scores.index(0)
        raise InputError(
            f"data.source: {str(path)!r} line {lines[row]}: {SCORE} is {values[row]!r};"
            " allowed are 1, 2, 3, 4, 5"
        )
    return np.array(scores, dtype=np.int64)


def dated_before(day: str, dates: Sequence[str]) -> NDArray[np.bool_]:
    """Tell for each review if it was written before `day` (`2025-01-01`); never without a date."""
    return np.array([bool(date.strip()) and date.strip() < day for date in dates], dtype=bool)


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
