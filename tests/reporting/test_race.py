"""The decisions of a race depend on the results of its complete rounds alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.reporting.test_sequential import MOST, student

from reviewlab.reporting.leaderboard import build_leaderboard
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.reporting.race import Standing, factor, stand
from reviewlab.reporting.rows import Row

FAILED = np.inf
"""Stands for a run that failed, beside NaN for one that has not ended."""


def plan(configurations: int, rounds: int, margin: float | None = None, planned: int = 0) -> Plan:
    labels = [str(n) for n in range(rounds)]
    return Plan(labels[: planned or rounds], margin, RacePlan(labels, configurations))


def rows(values: np.ndarray) -> list[dict[str, Row]]:
    """The ended runs of each configuration, whose number is also its setting."""
    return [
        {
            str(seed): Row(
                Path(f"{number}-{seed}"),
                "failed" if value == FAILED else "done",
                settings={"lr": number},
                configuration_id=f"{number:03}",
                seed=str(seed),
                value=None if value == FAILED else float(value),
                best={"val/loss": float(value)},
            )
            for seed, value in enumerate(row)
            if not np.isnan(value)
        }
        for number, row in enumerate(values)
    ]


def race(values: np.ndarray, margin: float | None = None, planned: int = 0) -> Standing:
    return stand(rows(values), plan(*values.shape, margin, planned), "max")


def drawn(means: Sequence[float], rounds: int, seed: int = 0, noise: float = 0.01) -> np.ndarray:
    random = np.random.default_rng(seed)
    shared = random.normal(0, 3 * noise, rounds)
    return np.array(means)[:, None] + shared + random.normal(0, noise, (len(means), rounds))


CLEAR = drawn([0.9, 0.895, 0.5, 0.4], 6)
hard = arrays(float, (5, 5), elements=st.sampled_from([0.1, 0.5, 0.52, 0.54, 0.9, FAILED]))


def test_those_that_are_clearly_worse_are_dropped_and_the_close_one_stays() -> None:
    standing = race(CLEAR)
    assert {*standing.out} == {2, 3}
    assert {*standing.left} == {0, 1}
    assert (standing.complete, standing.over) == (6, "it was the last")


def test_one_round_decides_nothing() -> None:
    standing = race(np.where(np.arange(6) < 1, CLEAR, np.nan))
    assert (standing.complete, len(standing.left), standing.over) == (1, 4, "")
    assert standing.left[0] == 0


def test_a_round_waits_for_every_configuration_that_is_in() -> None:
    values = np.where(np.arange(6) < 3, CLEAR, np.nan)
    values[1, 2] = np.nan
    assert race(values).complete == 2


def test_it_is_over_when_one_is_left() -> None:
    standing = race(drawn([0.9, 0.5, 0.4], 6))
    assert (standing.left, standing.over) == ([0], "one is left")
    assert standing.complete < 6


def test_it_is_over_when_those_left_are_equal_within_the_margin() -> None:
    values = drawn([0.9, 0.9, 0.5], 9, noise=0.001)
    standing = race(values, margin=0.01)
    assert standing.over == "those left are equal within 0.01"
    assert ({*standing.left}, {*standing.out}) == ({0, 1}, {2})
    assert race(values).over == "it was the last"


def test_a_row_within_the_margin_is_not_dropped_even_if_it_is_worse() -> None:
    values = drawn([0.9, 0.898, 0.5], 9, noise=0.0001)
    assert {*race(values).out} == {1, 2}
    assert {*race(values, margin=0.005).out} == {2}


def test_a_failed_run_drops_nobody() -> None:
    values = CLEAR.copy()
    values[1, 2] = FAILED
    assert {*race(values).left} == {0, 1}


def test_a_configuration_without_any_value_is_dropped_after_two_rounds() -> None:
    values = CLEAR.copy()
    values[1, :2] = FAILED
    assert race(values).out[1] == 2
    values[:, :2] = FAILED
    assert race(values).over == "none is left"


@settings(deadline=None, max_examples=40)
@given(hard, st.data())
def test_what_follows_a_round_changes_no_decision_of_that_round(
    values: np.ndarray, data: st.DataObject
) -> None:
    """That includes runs of rows that are out, and runs that are missing."""
    whole = race(values)
    number = data.draw(st.integers(1, 5))
    before = values.copy()
    before[:, number:] = np.where(data.draw(arrays(bool, (5, 5 - number))), 0.7, np.nan)
    for row, after in whole.out.items():
        before[row, after:] = data.draw(st.sampled_from([0.0, 1.0, np.nan, FAILED]))
    now = race(before)
    earlier = {row: after for row, after in whole.out.items() if after <= number}
    assert {r: a for r, a in now.out.items() if a <= number} == earlier
    assert now.complete >= min(number, whole.complete)


@settings(deadline=None, max_examples=40)
@given(hard, st.permutations(range(5)))
def test_the_order_of_configurations_does_not_matter(values: np.ndarray, order: list[int]) -> None:
    one, other = (
        stand([made[i] for i in places], plan(*values.shape), "max")
        for made, places in ((rows(values), range(5)), (rows(values), order))
    )
    assert {order[row]: after for row, after in other.out.items()} == one.out
    assert [order[row] for row in other.left] == [*one.left]


@settings(deadline=None, max_examples=40)
@given(hard)
def test_smaller_is_better_mirrors_larger_is_better(values: np.ndarray) -> None:
    mirrored = np.where(values == FAILED, FAILED, -values)
    assert stand(rows(mirrored), plan(5, 5), "min").out == race(values).out


def board(ended: Sequence[Mapping[str, Row]], of: Plan):
    return build_leaderboard([r for by_seed in ended for r in by_seed.values()], "x", "max", of)


@settings(deadline=None, max_examples=40)
@given(hard)
def test_a_dropped_row_is_marked_worse_on_the_leaderboard(values: np.ndarray) -> None:
    standing, shown = race(values), board(rows(values), plan(5, 5))
    assert shown.race is not None and shown.race.over == standing.over
    by_number = {int(line.configuration_id): line for line in shown.lines}
    for row, after in standing.out.items():
        if row in by_number:
            assert by_number[row].dropped == after
    for row in standing.dropped_p:
        assert by_number[row].verdict == "worse"
    dropped = [line.dropped is not None for line in shown.lines]
    assert dropped == sorted(dropped)


def test_the_heading_says_how_the_race_stands() -> None:
    from reviewlab.reporting.cells import heading
    from reviewlab.reporting.columns import flags

    values = np.where(np.arange(6) < 3, CLEAR, np.nan)
    values[2:, 2] = np.nan
    shown = board(rows(values), plan(4, 6))
    assert re.search(r"; round \d of 6: \d of 4 still in; 10 of at most 24 runs$", heading(shown))
    over = board(rows(CLEAR), plan(4, 6))
    assert heading(over).endswith(
        "; over after round 6 of 6, as it was the last: 2 of 4 still in; 24 of at most 24 runs"
    )
    assert flags(over.lines[-1]).startswith("out after round ")


def test_configurations_that_have_not_begun_hold_the_first_round_open() -> None:
    standing = stand(rows(CLEAR[:2, :1]), plan(4, 6), "max")
    assert (standing.complete, len(standing.left)) == (0, 4)


@pytest.mark.parametrize(
    ("number", "planned", "expected"), [(10, 10, 2.5), (5, 10, 10.0), (20, 10, 30.0)]
)
def test_the_factor_grows_towards_the_first_rounds(
    number: int, planned: int, expected: float
) -> None:
    assert factor(number, planned) == pytest.approx(expected)


def test_seeds_that_are_added_to_a_race_keep_the_plan() -> None:
    first = race(CLEAR[:, :4], planned=4)
    more = race(CLEAR, planned=4)
    assert {row: after for row, after in more.out.items() if after <= 4} == first.out


@pytest.mark.parametrize("configurations", [2, 3, 8])
def test_looking_after_each_round_calls_identical_configurations_worse_in_at_most_5_per_cent(
    configurations: int,
) -> None:
    """No row of such a race is dropped before the first error, so that tables are complete."""
    noise = np.random.default_rng(4).normal(size=(10_000, configurations, MOST))
    p = student(noise).p
    for planned in (2, 3, 5, 10, 20):
        factors = [factor(number, planned) for number in range(2, MOST + 1)]
        assert (p * factors < 0.05).any(1).mean() <= 0.05


def test_a_race_needs_half_of_the_runs_of_a_grid_and_finds_its_winner() -> None:
    random, shares = np.random.default_rng(5), []
    for _ in range(8):
        means = random.normal(0, 2, 24)
        values = means[:, None] + random.normal(size=(24, 10)) + random.normal(0, 2, (1, 10))
        standing = race(values)
        assert standing.left[0] == values.mean(1).argmax()
        assert int(means.argmax()) in standing.left
        shares.append(np.mean([standing.out.get(row, standing.complete) for row in range(24)]) / 10)
    assert np.mean(shares) < 0.52
