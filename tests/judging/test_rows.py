"""A table of runs becomes rows of a leaderboard, none of them lost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.judging.tables import COLUMNS, by_run, judged, numbers, run_table

from reviewlab.exceptions import InputError
from reviewlab.judging.rows import read_rows
from reviewlab.judging.run_table import Columns, RunTable
from reviewlab.reporting.plan import Plan

NAMES = ("model", "seed", "accuracy")


def grid(values: list[list[float | None]], models: str = "abcdef") -> list[tuple[str, int, Any]]:
    """A run for each model and each seed."""
    return [
        (model, seed, value)
        for model, row in zip(models, values, strict=False)
        for seed, value in enumerate(row)
    ]


SEVERAL = st.integers(2, 5).flatmap(
    lambda seeds: st.lists(
        st.lists(st.integers(0, 1000), min_size=seeds, max_size=seeds), min_size=2, max_size=5
    )
)
"""Shares of a thousand reviews, by model and seed."""


@given(SEVERAL, st.randoms())
def test_the_order_of_the_runs_does_not_matter(values: list[list[int]], random: Any) -> None:
    runs = grid([[value / 1000 for value in row] for row in values])
    runs[0] = (*runs[0][:2], None)
    shuffled = [*runs]
    random.shuffle(shuffled)
    plan = Plan(("0", "1"), 0.01)
    assert numbers(judged(by_run(NAMES, *shuffled), plan=plan)) == numbers(
        judged(by_run(NAMES, *runs), plan=plan)
    )


@given(SEVERAL, st.integers(-3, 8), st.integers(-1000, 1000), st.booleans())
def test_the_unit_of_the_metric_does_not_matter(
    values: list[list[int]], exponent: int, shift: int, turned: bool
) -> None:
    columns = replace(COLUMNS, metric="height")
    names = (*NAMES[:2], "height")
    factor = (-1 if turned else 1) * 2.0**exponent  # exact, so that ties stay ties
    moved = [[factor * (value + shift) for value in row] for row in values]
    first = judged(by_run(names, *grid(values)), columns, "max", Plan((), 64.0))
    mode = "min" if turned else "max"
    second = judged(by_run(names, *grid(moved)), columns, mode, Plan((), 64.0 * abs(factor)))
    shown = [
        {line.settings.get("model", ""): line.verdict for line in board.lines}
        for board in (first, second)
    ]
    assert shown[0] == shown[1]


def test_runs_without_a_finite_value_count_as_failed() -> None:
    runs = [("a", 0, "0.8"), ("a", 1, ""), ("a", 2, "nan"), ("b", 0, "0.7"), ("b", 1, "inf")]
    board = judged(by_run(NAMES, *runs))
    assert {line.settings["model"]: (line.n, line.unfinished) for line in board.lines} == {
        "a": (1, 2),
        "b": (1, 1),
    }
    assert [(row.state, row.reason, row.folder.name) for row in board.others] == [
        ("failed", "no accuracy in the table", "runs.csv:3"),
        ("failed", "accuracy is nan", "runs.csv:4"),
        ("failed", "accuracy is inf", "runs.csv:6"),
    ]


def test_a_run_that_has_not_finished_has_no_value() -> None:
    table = by_run(
        (*NAMES, "status"),
        ("a", 0, 0.8, "FINISHED"),
        ("a", 1, 0.9, "RUNNING"),
        ("a", 2, 0.9, "killed"),
        ("a", 3, 0.6, None),
    )
    board = judged(table, replace(COLUMNS, state="status"))
    assert board.lines[0].mean == pytest.approx(0.7)
    assert [row.state for row in board.others] == ["running", "killed"]


def test_of_repeated_runs_the_last_one_counts() -> None:
    table = by_run(
        (*NAMES, "when"),
        ("a", 0, 0.9, "2026-01-03"),
        ("a", 0, 0.1, "2026-01-01"),
        ("a", 0, None, "2026-01-04"),
        ("a", 0, 0.2, "2026-01-02"),
    )
    columns = replace(COLUMNS, time="when")
    assert judged(table, columns).lines[0].mean == 0.9
    assert read_rows(table, columns).repeats == 2


def test_each_data_set_has_its_own_table() -> None:
    table = by_run(
        (*NAMES, "corpus"),
        *[(*run, "imdb") for run in grid([[0.8, 0.9], [0.7, 0.8]])],
        *[(*run, "netflix") for run in grid([[0.4, 0.5], [0.6, 0.7]])],
    )
    board = judged(table, replace(COLUMNS, data="corpus"))
    winners = {name: part.lines[0].settings["model"] for name, part in board.parts.items()}
    assert winners == {"data=imdb": "a", "data=netflix": "b"}


def test_folds_are_numbered_and_their_overlap_is_known() -> None:
    runs = [(model, s, f, 0.5 + s / 9 + f / 99) for model in "ab" for s in (0, 1) for f in (1, 2)]
    columns = replace(COLUMNS, fold="fold")
    table = by_run(("model", "seed", "fold", "accuracy"), *runs)
    read = read_rows(table, columns)
    assert [row.seed for row in read.rows][:2] == ["0, fold 0 of 2", "0, fold 1 of 2"]
    assert {row.fold for row in read_rows(table, columns, folds=5).rows} == {(0, 5), (1, 5)}
    assert read.planned("2") == [f"{s}, fold {f} of 2" for s in (0, 1) for f in (0, 1)]


def test_planned_seeds_are_the_first_ones_or_named() -> None:
    read = read_rows(by_run(NAMES, *grid([[0.5] * 12])), COLUMNS)
    assert read.planned(None) == []
    assert read.planned("3") == ["0", "1", "2"]
    assert read.planned("11")[-2:] == ["9", "10"]
    assert read.planned("7, 20") == ["7", "20"]


def test_a_setting_named_like_a_column_of_ours_is_told_apart() -> None:
    table = by_run(("epochs", "seed", "accuracy"), (1, 0, 0.5), (5, 0, 0.6))
    board = judged(table, Columns("accuracy", ("epochs",), seed="seed"))
    assert board.keys == ["group.epochs"]


def test_other_metrics_tell_chance_from_repetition() -> None:
    equal = [("a", 0, 0.8, 1.0), ("a", 1, 0.8, 1.1), ("b", 0, 0.7, 2.0), ("b", 1, 0.7, 2.0)]
    board = judged(by_run((*NAMES, "loss"), *equal))
    assert {line.settings["model"]: line.ignores_seed for line in board.lines} == {
        "a": False,
        "b": True,
    }


GOOD = {"model": ["a", "b"], "seed": [0, 0], "accuracy": [0.5, 0.6]}


@pytest.mark.parametrize(
    ("changes", "columns", "message"),
    [
        ({}, {"metric": "acuracy"}, "metric: .* no column 'acuracy'; did you mean 'accuracy'?"),
        ({}, {"seed": "sede"}, "seed: .* no column 'sede'; did you mean 'seed'"),
        ({}, {"group": ("model", "lr")}, "group: .* no column 'lr'; allowed: model, seed, acc"),
        ({}, {"group": ("model", "seed")}, "seed: 'seed' is already given as group"),
        ({"accuracy": [0.5, "good"]}, {}, "line 3: accuracy is 'good'; allowed: a number"),
        ({"seed": [0, ""]}, {}, "line 3: seed is empty"),
        ({"model": ["a", "a"]}, {}, "line 3: has the same model and seed as line 2; remove one"),
        ({"model": ["a", "a"]}, {"seed": None}, "line 3: .*same model as line 2; .* seed="),
        ({"when": ["1", "soon"]}, {"time": "when"}, "line 3: when is 'soon'; allowed: a date"),
        ({"state": ["ok?", ""]}, {"state": "state"}, "line 2: state is 'ok\\?'; allowed: one of"),
        ({"fold": [1, 1]}, {"fold": "fold"}, "fold: .* has 1 different values; allowed: at least"),
        ({"fold": [1, ""]}, {"fold": "fold"}, "line 3: fold is empty"),
        ({"corpus": ["x", ""]}, {"data": "corpus"}, "line 3: corpus is empty"),
    ],
)
def test_bad_tables_are_refused_with_their_line(
    changes: dict[str, list[Any]], columns: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_rows(run_table({**GOOD, **changes}), replace(COLUMNS, **columns))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: read_rows(t, COLUMNS).planned("5"), "planned: 5, but the table has 1 seeds"),
        (lambda t: read_rows(t, COLUMNS).planned("1"), "planned: '1' is not allowed"),
        (lambda t: read_rows(t, COLUMNS).planned("many"), "planned: 'many' is not allowed"),
        (lambda t: read_rows(t, replace(COLUMNS, seed=None)).planned("2"), "name .* with seed="),
        (lambda t: read_rows(t, COLUMNS, folds=5), "folds: 5 needs the column of the fold"),
    ],
)
def test_options_that_do_not_fit_the_table_are_refused(
    call: Callable[[RunTable], object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        call(run_table(GOOD))
