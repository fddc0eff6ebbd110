"""The columns, numbers and sentences shared by all forms of a leaderboard."""

from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.cells import (
    effect_lines,
    heading,
    notes,
    number,
    short_numbers,
    signed,
)
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import NGRAM_BASELINE


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0.0, "0.0000"), (0.81234, "0.8123"), (1e-5, "1e-05"), (12345.6, "1.23e+04")],
)
def test_a_number_says_something_in_any_size(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_difference_has_its_sign() -> None:
    assert (signed(-0.1), signed(0.1)) == ("-0.1000", "+0.1000")


@pytest.mark.parametrize(
    ("values", "short"),
    [
        (["0.30000000000000004", "0.1"], ["0.3", "0.1"]),
        (["0.010092528860766845", "lstm"], ["0.01009", "lstm"]),
        (["0.123456", "0.123457"], ["0.123456", "0.123457"]),
    ],
)
def test_numbers_are_short_as_long_as_they_differ(values: list[str], short: list[str]) -> None:
    assert short_numbers(values) == short


def test_the_heading_counts_configurations_and_runs(tmp_path: Path) -> None:
    assert heading(board(grid(tmp_path / "a"))) == (
        "4 configurations, 12 runs, by val/accuracy (highest first)"
    )
    alone = board([run(tmp_path / "b", config())], "min")
    assert heading(alone) == "1 configuration, 1 run, by val/accuracy (lowest first)"


def test_a_step_of_a_range_is_shown_without_its_rounding_error(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / f"{rate}-{seed}", config(lr=rate, seed=seed), 0.5 + rate + seed / 100)
        for rate in (0.1, 0.1 + 0.2)
        for seed in (0, 1)
    ]
    made = board(folders)
    [line] = effect_lines(made)
    assert line.startswith("lr: best 0.3 (") and "; 0.1 -0.2000" in line
    assert "0000000004" not in line
    assert made.lines[0].settings["optimizer.lr"] == "0.30000000000000004"  # the csv has all digits


def test_the_best_on_the_test_set_is_told_once_all_its_seeds_are_measured(tmp_path: Path) -> None:
    tested = {"test": {"test/accuracy": 0.75}, "test_uses": 1}
    first = run(tmp_path / "a", config(seed=0), **tested)
    half = [first, run(tmp_path / "b", config(seed=1))]
    assert not any("test/" in note for note in notes(board(half)))
    whole = [first, run(tmp_path / "c", config(seed=1), **tested)]
    assert notes(board(whole))[-1] == (
        "test/accuracy of the best: mean 0.7500, sd 0.0000, n 2;"
        " the test set was measured 2 times by these runs"
    )


def split(folder: Path, name: str, majority: float, ngrams: float | None, **data: int) -> Path:
    """Write a run on a split with these values of the two baselines."""
    settings = config(seed=len(name))
    settings["data"] |= data
    made = run(folder / name, settings, majority_baseline={"val": {"accuracy": majority}})
    if ngrams is not None:
        write_json(made / NGRAM_BASELINE, {"val/accuracy": ngrams, "val/loss": 0.3})
    return made


def test_baselines_stand_beside_the_table(tmp_path: Path) -> None:
    runs = [split(tmp_path, name, 0.25, 0.75) for name in ("a", "bb")]
    assert notes(board(runs)) == [
        "always answering the commonest class: 0.2500",
        "n-grams (model=ngram): 0.7500",
    ]


def test_where_splits_differ_baselines_are_told_from_the_least_to_the_greatest(
    tmp_path: Path,
) -> None:
    values = [(0.25, 0.75), (0.5, 0.875), (0.375, 0.625)]
    runs = [
        split(tmp_path, "n" * (seed + 1), *pair, split_seed=seed)
        for seed, pair in enumerate(values)
    ]
    assert {
        "always answering the commonest class: 0.2500 to 0.5000",
        "n-grams (model=ngram): 0.6250 to 0.8750",
    } <= {*notes(board(runs))}


def test_a_sweep_without_ngrams_tells_nothing_of_them(tmp_path: Path) -> None:
    assert not any("n-grams" in note for note in notes(board([split(tmp_path, "a", 0.2, None)])))
