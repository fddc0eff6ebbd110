"""Every promise of the leaderboard is checked, and a broken one is told."""

import numpy as np
import pytest

from reviewlab.calibration import checks
from reviewlab.calibration.checks import Check, as_cells, as_table, check_all
from reviewlab.calibration.claims import Share
from reviewlab.calibration.pool import Pool


def test_all_promises_are_checked() -> None:
    whats = [check.what for check in checks.checks()]
    assert len(whats) == len(set(whats))
    for promise in (
        "a false `worse`: 2",
        "each with its own noise",
        "seeds are added",
        "a false `=`",
        "the interval of a mean",
    ):
        assert any(promise in what for what in whats)


def test_all_are_measured_in_their_order() -> None:
    pool = Pool(np.random.default_rng(0).normal(size=(300, 1)), 0.0)
    rows = [*check_all([pool], 1)]
    assert [row[0] for row in rows] == [check.what for check in checks.checks()]
    assert rows[0] == as_cells(next(checks.checks()), [pool], 1)


@pytest.mark.parametrize(
    ("value", "holds"), [(0.05, True), (0.058, True), (0.061, False), (0.0, True)]
)
def test_a_promise_holds_within_two_standard_errors(value: float, holds: bool) -> None:
    check = Check("", lambda *_: True, 0.0, 0.05)
    assert check.holds(Share(value, 0.005)) == holds


def test_a_promise_that_is_broken_stands_out() -> None:
    broken = Check("always", lambda *_: True, 0.0, 0.05)
    kept = Check("never", lambda *_: False, 0.0, 0.05)
    pool = Pool(np.random.default_rng(0).normal(size=(50, 1)), 0.0)
    rows = [as_cells(check, [pool], 5) for check in (broken, kept)]
    assert [row[1:] for row in rows] == [
        ("1.0000", "0.0000", "at most 0.05", "**does not hold**"),
        ("0.0000", "0.0000", "at most 0.05", "holds"),
    ]
    assert "| always | 1.0000 |" in " ".join(as_table(rows).split())
