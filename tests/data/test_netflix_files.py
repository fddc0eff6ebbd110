"""The columns of the Netflix table."""

from typing import Any

import pytest

from reviewlab.data.netflix_files import dated_before, read_scores, read_texts
from reviewlab.data.tables import WholeTable
from reviewlab.data.tables.source import Source
from reviewlab.exceptions import InputError

SOURCE = Source("reviews.csv", "data.source")


def table(**columns: list[Any]) -> WholeTable:
    [values] = columns.values()
    return WholeTable(columns, [*range(2, 2 + len(values))], [], SOURCE)


def test_a_missing_text_is_an_empty_review() -> None:
    assert read_texts(table(content=["fine", None, ""])) == ["fine", "", ""]
    with pytest.raises(InputError, match=r"'reviews.csv' line 3: content is 7; allowed: text"):
        read_texts(table(content=["fine", 7]))


def test_scores_are_whole_stars_however_they_are_typed() -> None:
    assert read_scores(table(score=["1", " 2 ", "3.0", 4, 5.0])).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("score", ["0", "6", "4.5", "", None, "five"])
def test_another_score_is_refused_with_its_line(score: str | None) -> None:
    with pytest.raises(InputError, match=r"line 3: .*; allowed: 1, 2, 3, 4, 5"):
        read_scores(table(score=["1", score]))


def test_reviews_are_earlier_by_their_day_and_never_without_one() -> None:
    dates = ["2024-12-31", "2024-12-31 23:59:59", "2025-01-01", "2025-01-01 00:00:00", "", None]
    early = dated_before(table(at=dates), "2025-01-01")
    assert early.tolist() == [True, True, False, False, False, False]


@pytest.mark.parametrize("date", ["3/14/2025", "14.03.2025", "2025-3-14", "yesterday"])
def test_a_date_in_another_form_is_refused_with_its_line(date: str) -> None:
    with pytest.raises(InputError, match=r"line 3: at is .*; data.before needs dates such as"):
        dated_before(table(at=["2024-12-31", date]), "2025-01-01")


def test_all_values_that_are_not_allowed_are_named_at_once() -> None:
    with pytest.raises(InputError, match=r"line 3: score is '9'; .*; see also lines 5, 6$"):
        read_scores(table(score=["1", "9", "2", "", "x"]))
    with pytest.raises(InputError, match=r"line 2: at is '1/2/2025'; .*; see also line 4$"):
        dated_before(table(at=["1/2/2025", "2024-12-31", "2.1.2025"]), "2025-01-01")
