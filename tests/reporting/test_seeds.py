"""Runs by configuration and seed, and configurations that no seed changes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from tests.reporting.boards import board
from tests.reporting.folders import config, run

from reviewlab.reporting.cells import effect_lines, notes
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.marks import FEW_SEEDS, IGNORES_SEED
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import (
    group_by_configuration,
    ignores_seed,
    overlap_of,
    seed_table,
    without_repeats,
)


def made(folder: Path, values: dict[float, Sequence[float]]) -> Leaderboard:
    """A configuration for each rate; a value for each of its seeds."""
    runs = [
        run(folder / f"{lr}-{seed}", config(lr=lr, seed=seed), value)
        for lr, by_seed in values.items()
        for seed, value in enumerate(by_seed)
    ]
    return board(runs, planned=["0", "1", "2"])


def row(seed: str, value: float | None, state: str = "done", **fields) -> Row:
    return Row(Path(seed), state, seed=seed, value=value, **fields)


def test_the_seeds_are_in_the_order_of_their_numbers() -> None:
    [group] = group_by_configuration([row(seed, 0.5) for seed in ("10", "9", "0")])
    assert [each.seed for each in group] == ["0", "9", "10"]


def test_of_one_seed_the_run_that_ended_last_counts() -> None:
    [[kept]] = group_by_configuration([row("0", 0.9, ended=1.0), row("0", 0.5, ended=2.0)])
    assert kept.value == 0.5


def test_a_missing_run_is_nan_in_the_table() -> None:
    table = seed_table([[row("0", 0.1), row("1", 0.2)], [row("1", 0.3)]])
    np.testing.assert_array_equal(table.values, [[0.1, 0.2], [np.nan, 0.3]])


def test_the_planned_seeds_stay_the_first_ones_when_seeds_are_added() -> None:
    table = seed_table([[row(seed, 0.1) for seed in ("0", "1", "10", "2")]], planned=["0", "1"])
    np.testing.assert_array_equal(table.planned, [True, True, False, False])
    assert (table.plan, table.planned_part.values.shape) == (2, (1, 2))


@pytest.mark.parametrize("planned", [[], ["0"], ["0", "0"]])
def test_a_single_seed_is_no_plan(planned: list[str]) -> None:
    assert seed_table([[row("0", 0.1), row("1", 0.2)]], planned=planned).plan is None


@pytest.mark.parametrize(
    ("state", "complete"),
    [("failed", True), ("killed", True), ("done", True), ("running", False), ("preempted", False)],
)
def test_a_row_is_complete_once_its_planned_runs_have_ended(state: str, complete: bool) -> None:
    groups, planned = [[row("0", 0.1), row("7", 0.2)]], ["0", "1"]
    assert not seed_table(groups, planned=planned).complete
    last = [[row("1", None, state)]]
    assert seed_table(groups, last, planned).complete == [complete]


def test_a_metric_that_agrees_by_chance_is_no_repetition() -> None:
    two = [
        row(seed, 0.8, best={"val/accuracy": 0.8, "val/loss": loss})
        for seed, loss in (("0", 0.4), ("1", 0.5))
    ]
    assert not ignores_seed(two)
    assert not ignores_seed(two[:1])
    assert ignores_seed([two[0], row("2", 0.8, best=two[0].best)])


def fold_row(seed: int, fold: int, value: float, folds: int = 5, **fields) -> Row:
    label = f"{seed}, fold {fold} of {folds}"
    return row(label, value, fold=(fold, folds), best={"val/accuracy": value}, **fields)


def test_folds_come_in_the_order_of_seeds_and_folds() -> None:
    rows = [fold_row(seed, fold, 0.5) for seed in (10, 2) for fold in (1, 0)]
    [group] = group_by_configuration(rows)
    order = ["2, fold 0 of 5", "2, fold 1 of 5", "10, fold 0 of 5", "10, fold 1 of 5"]
    assert [each.seed for each in group] == order


def test_the_training_reviews_of_folds_overlap() -> None:
    five, ten = [fold_row(0, 0, 0.5)], [fold_row(0, 0, 0.5, folds=10)]
    assert (overlap_of(five), overlap_of(ten), overlap_of([row("0", 0.5)])) == (1 / 4, 1 / 9, 0)
    assert seed_table([five, ten]).overlap == 1 / 4


def test_a_seed_that_changes_nothing_counts_once_in_each_fold() -> None:
    varied = [fold_row(seed, fold, seed / 10 + fold) for seed in range(3) for fold in range(2)]
    repeated = [fold_row(seed, fold, float(fold)) for seed in range(3) for fold in range(2)]
    assert without_repeats(varied) == varied
    assert without_repeats(repeated) == repeated[:2]
    assert not ignores_seed(repeated)
    table = seed_table([varied, repeated])
    assert np.isfinite(table.values).sum(1).tolist() == [6, 2]
    assert table.fixed.tolist() == [False, False]


def test_nothing_is_claimed_of_two_configurations_that_no_seed_changes(tmp_path: Path) -> None:
    best, other = made(tmp_path, {0.1: [0.9] * 3, 0.01: [0.8] * 3}).lines
    assert (best.bounds, other.bounds) == (None, None)
    assert (other.verdict, other.p) == ("unknown", None)


def test_their_note_names_the_remedy_and_no_missing_seeds(tmp_path: Path) -> None:
    shown = made(tmp_path, {0.1: [0.9] * 3, 0.01: [0.8] * 3})
    assert IGNORES_SEED in notes(shown)
    assert FEW_SEEDS not in notes(shown)
    assert "nothing can be claimed, as seeds repeat a result" in effect_lines(shown)[0]
    assert "±" not in effect_lines(shown)[0]


@pytest.mark.parametrize("fixed_is_best", [True, False])
def test_one_that_varies_is_compared_with_a_fixed_value(
    tmp_path: Path, fixed_is_best: bool
) -> None:
    varying, value = [0.80, 0.81, 0.83], 0.9 if fixed_is_best else 0.7
    _, other = made(tmp_path, {0.1: varying, 0.01: [value] * 3}).lines
    assert other.p == pytest.approx(1.25 * ttest_1samp(varying, value).pvalue)
    assert other.verdict == "worse"


def test_fixed_configurations_do_not_make_the_others_surer(tmp_path: Path) -> None:
    varying = {0.1: [0.90, 0.84, 0.86], 0.2: [0.80, 0.86, 0.85]}
    alone = made(tmp_path / "alone", varying).lines[1]
    fixed = {0.01 * i: [0.1 * i] * 3 for i in (1, 2, 3)}
    beside = made(tmp_path / "beside", {**varying, **fixed}).lines[1]
    assert alone.p is not None and beside.p is not None
    assert beside.p >= alone.p
