"""Cells of a table have the same meaning in every format."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.judging.values import to_names, to_number, to_settings, to_state, to_time
from reviewlab.runs.status import State


@given(st.floats(allow_nan=False))
def test_a_number_survives_a_text_file(value: float) -> None:
    assert to_number(str(value)) == to_number(value) == value


@pytest.mark.parametrize("cell", ["", " ", None, "None", "null", "NA", "n/a", "<NA>"])
def test_an_empty_cell_is_no_number(cell: str | None) -> None:
    assert to_number(cell) is None


def test_not_a_number_is_a_number() -> None:
    assert math.isnan(to_number("NaN") or 0)
    assert to_number("-inf") == -math.inf
    assert to_number(Decimal("0.25")) == 0.25


@pytest.mark.parametrize("cell", ["0,85", "85 %", "1_000", "high", True, "0x10", {"a": 1}])
def test_other_cells_are_refused(cell: object) -> None:
    with pytest.raises(ValueError):
        to_number(cell)


def test_a_column_of_numbers_has_one_spelling_for_each() -> None:
    assert to_names(["1e-3", "0.001", ".001"]) == ["0.001"] * 3
    assert to_names(["1", "1.0", "+1"]) == ["1"] * 3
    assert to_names([1, 1.0, None]) == ["1", "1", ""]
    assert to_names([2**60 + 1]) == [str(2**60 + 1)]


def test_a_column_of_names_keeps_them_as_written() -> None:
    assert to_settings(["007", "7"]) == ["007", "7"]
    assert to_settings(["1e-3", "auto", "None"]) == ["1e-3", "auto", "None"]
    assert to_settings([" lstm ", "", None, math.nan]) == ["lstm", None, None, None]


def test_truth_values_are_the_same_in_text_and_parquet() -> None:
    assert to_settings(["True", "false"]) == to_settings([True, False]) == [True, False]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *(("FINISHED", "done"), ("COMPLETE", "done"), ("crashed", "failed"), ("FAIL", "failed")),
        *(("PRUNED", "pruned"), ("WAITING", "queued"), ("SCHEDULED", "queued"), ("", None)),
        *((state, state) for state in State.__args__),
    ],
)
def test_states_of_other_projects_are_known(word: str, state: str | None) -> None:
    assert to_state(word) == state


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError):
        to_state("happy")


def test_times_are_dates_or_seconds() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    later = noon.astimezone(timezone(timedelta(hours=2)))
    times = ["2026-01-31 12:00", "2026-01-31T12:00:00+00:00", noon, later, later.isoformat()]
    assert {to_time(time) for time in [*times, noon.timestamp(), str(noon.timestamp())]} == {
        noon.timestamp()
    }
    assert to_time(date(2026, 1, 31)) == (noon - timedelta(hours=12)).timestamp()
    assert [to_time(cell) for cell in ("", None, math.nan)] == [None] * 3
    with pytest.raises(ValueError):
        to_time("yesterday")
