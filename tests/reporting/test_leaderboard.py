"""The leaderboard: its rows, their order, and the runs that it leaves out."""

import random
from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.answer import answer
from reviewlab.reporting.cells import notes
from reviewlab.reporting.leaderboard import build_leaderboard
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.rows import read_row


def test_seeds_are_folded_and_only_what_varies_is_shown(tmp_path: Path) -> None:
    made = board(grid(tmp_path))
    assert made.keys == ["model", "optimizer.lr"]
    assert [line.n for line in made.lines] == [3] * 4
    assert made.lines[0].settings["optimizer.lr"] == "0.01"


def test_the_order_of_folders_does_not_matter(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    shuffled = random.Random(1).sample(folders, len(folders))
    assert board(folders).lines == board(shuffled).lines
    assert board(folders).effects == board(shuffled).effects


def test_small_is_good_in_mode_min(tmp_path: Path) -> None:
    means = [line.mean for line in board(grid(tmp_path), "min").lines]
    assert means == sorted(means)


def test_ties_are_in_the_order_of_the_configuration_ids(tmp_path: Path) -> None:
    folders = [run(tmp_path / str(i), config(lr=i / 10)) for i in range(1, 6)]
    ids = [line.configuration_id for line in board(folders).lines]
    assert ids == sorted(ids)


def test_one_seed_has_no_interval_and_no_claim(tmp_path: Path) -> None:
    made = board(grid(tmp_path, seeds=1))
    assert {line.bounds for line in made.lines} == {line.p for line in made.lines} == {None}
    assert [line.verdict for line in made.lines] == ["best", *["unknown"] * 3]
    assert all(level.half is None for effect in made.effects for level in effect.levels)


def test_one_experiment_run_twice_counts_once(tmp_path: Path) -> None:
    twice = [run(tmp_path / name, config(), value) for name, value in [("a", 0.1), ("b", 0.2)]]
    [line] = board(twice).lines
    assert (line.n, line.mean) == (1, 0.2)


def test_a_lost_seed_is_told_on_its_configurations_line(tmp_path: Path) -> None:
    folders = [*grid(tmp_path), run(tmp_path / "x", config("GRU", 0.1, seed=7), state="killed")]
    unfinished = {tuple(line.settings.values()): line.unfinished for line in board(folders).lines}
    assert unfinished[("GRUClassifier", "0.1")] == 1
    assert sum(unfinished.values()) == 1


def incomplete(folder: Path) -> list[Path]:
    """Write two configurations; the better one has lost a seed that failed."""
    return [
        *(run(folder / f"a{seed}", config(lr=0.1, seed=seed), 0.9) for seed in (0, 1)),
        run(folder / "a2", config(lr=0.1, seed=2), state="failed"),
        *(
            run(folder / f"b{seed}", config(lr=0.2, seed=seed), 0.8 + seed / 99)
            for seed in range(3)
        ),
    ]


def test_a_best_row_with_missing_runs_is_named_with_a_word(tmp_path: Path) -> None:
    made = board(incomplete(tmp_path))
    assert [line.lost for line in made.lines] == [1, 0]
    assert "90.0 % (of its 3 runs, 1 ended without a value)" in answer(made)
    assert "incomplete, ranked by the runs that have a value: lr=0.1 (1 of 3)" in notes(made)


def test_rows_with_missing_runs_can_be_refused(tmp_path: Path) -> None:
    rows = [read_row(folder, "val/accuracy") for folder in incomplete(tmp_path)]
    made = build_leaderboard(rows, "val/accuracy", "max", Plan(incomplete="refuse"))
    assert [line.settings["optimizer.lr"] for line in made.lines] == ["0.2"]
    assert "left out, since runs have no value (sweep.incomplete=refuse): lr=0.1 (1 of 3)" in notes(
        made
    )


def test_runs_that_wait_or_were_pruned_are_not_missing(tmp_path: Path) -> None:
    states = ("queued", "running", "preempted", "pruned")
    others = [
        run(tmp_path / state, config(seed=9 + number), state=state)
        for number, state in enumerate(states)
    ]
    [line] = board([run(tmp_path / "a", config()), *others]).lines
    assert (line.unfinished, line.lost) == (4, 0)


def test_a_mark_stays_when_a_seed_is_added_to_the_planned_ones(tmp_path: Path) -> None:
    values = {0.1: [0.90, 0.91, 0.92, 0.85], 0.2: [0.80, 0.81, 0.825, 0.84]}
    folders = [
        run(tmp_path / f"{lr}-{seed}", config(lr=lr, seed=seed), value)
        for lr, by_seed in values.items()
        for seed, value in enumerate(by_seed)
    ]
    planned = board(folders, planned=["0", "1", "2"])
    assert (planned.plan, planned.lines[1].verdict) == (3, "worse")
    assert planned.effects[0].levels[1].clear is True
    assert planned.effects[0].levels[1].p == pytest.approx(planned.lines[1].p)
    unplanned = board(folders)
    assert (unplanned.plan, unplanned.lines[1].verdict) == (None, "undecided")
    assert unplanned.effects[0].levels[1].clear is False


def test_a_planned_seed_that_still_runs_makes_the_claim_wait(tmp_path: Path) -> None:
    folders, planned = grid(tmp_path, seeds=2), ["0", "1", "2"]
    for model in ("LSTM", "GRU"):
        for lr in (0.1, 0.01):
            settings = config(model, lr, seed=2)
            folders.append(run(tmp_path / f"{model}-{lr}", settings, state="failed"))
    ended = board(folders, planned=planned).lines[-1]
    run(tmp_path / "again", config("LSTM", 0.1, seed=2), state="running")
    running = board([*folders[:-4], tmp_path / "again"], planned=planned).lines[-1]
    assert ended.verdict == "worse"
    assert running.p == pytest.approx(15 * 3 / 2 / 1.25 * (ended.p or 0.0))


def cross_validated(folder: Path, folds: int, gain: float) -> list[Path]:
    """Write runs of two models with two seeds on each fold."""
    runs = []
    for model in ("LSTM", "GRU"):
        for seed in range(2):
            for fold in range(folds):
                settings = config(model, seed=seed)
                settings["data"] |= {"folds": folds, "fold": fold}
                noise = (7 * len(runs) % 13) / 1000
                value = 0.7 + fold / 50 + noise + gain * (model == "GRU")
                runs.append(run(folder / f"{model}-{seed}-{fold}", settings, value))
    return runs


def test_seeds_and_folds_of_a_configuration_are_one_row(tmp_path: Path) -> None:
    found = board(cross_validated(tmp_path, 5, 0.1))
    assert (found.keys, found.folds) == (["model"], 5)
    assert [line.n for line in found.lines] == [10, 10]
    assert [line.verdict for line in found.lines] == ["best", "worse"]
    assert "10 runs (5 folds)" not in answer(found)
    assert "5 folds, paired like seeds" in " ".join(notes(found))


def test_ten_runs_of_five_folds_are_less_than_ten_independent_ones(tmp_path: Path) -> None:
    folds = board(cross_validated(tmp_path / "folds", 5, 0.01), planned=[])
    assert "cannot be told from it with 10 runs (5 folds)" in answer(folds)
    seeds = [
        run(tmp_path / f"{place}-{seed}", config("LSTM" if place else "GRU", seed=seed), row.value)
        for place, line in enumerate(folds.lines)
        for seed, row in enumerate(line.rows)
    ]
    independent = board(seeds)
    assert [line.mean for line in independent.lines] == [line.mean for line in folds.lines]
    assert independent.lines[1].p < folds.lines[1].p
    assert independent.lines[0].bounds[0] > folds.lines[0].bounds[0]


def test_no_runs_are_an_empty_leaderboard() -> None:
    assert board([]).lines == []


def close(folder: Path, noise: float) -> list[Path]:
    """Runs of three configurations: the best, one that is close to it, and one that is not."""
    return [
        run(folder / f"{lr}-{seed}", config(lr=lr, seed=seed), mean + noise * (seed * place % 3))
        for place, (lr, mean) in enumerate({0.1: 0.9, 0.2: 0.899, 0.3: 0.8}.items(), start=1)
        for seed in range(5)
    ]


def test_within_the_margin_rows_are_equal_even_if_the_difference_is_certain(
    tmp_path: Path,
) -> None:
    made = board(close(tmp_path, 1e-5), margin=0.005)
    assert made.margin == 0.005
    assert [line.verdict for line in made.lines] == ["best", "equal", "worse"]
    _, equal, worse = made.lines
    assert equal.p is not None and equal.p < 0.05
    assert (equal.p_equal or 0) < 0.05 < (worse.p_equal or 0)


def test_a_row_that_is_neither_worse_nor_equal_is_undecided(tmp_path: Path) -> None:
    verdicts = [line.verdict for line in board(close(tmp_path, 0.01), margin=0.005).lines]
    assert verdicts == ["best", "undecided", "worse"]


def test_without_a_margin_no_row_is_equal(tmp_path: Path) -> None:
    made = board(close(tmp_path, 1e-5))
    assert [line.verdict for line in made.lines] == ["best", "worse", "worse"]
    assert {line.p_equal for line in made.lines} == {None}
