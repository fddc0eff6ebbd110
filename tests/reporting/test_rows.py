"""Rows read from run folders."""

import shutil
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run
from tests.runs.statuses import gone

from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.reporting.rows import Row, read_row, run_folders
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import NGRAM_BASELINE
from reviewlab.runs.status import write_status

METRIC = "val/accuracy"


def test_a_finished_run_is_a_row(tmp_path: Path) -> None:
    row = read_row(run(tmp_path / "a", config(seed=3), 0.75), METRIC)
    assert (row.state, row.value, row.seed, row.baseline) == ("done", 0.75, "3", 0.25)
    assert row.curve == ((1, 0.4), (2, 0.75))
    assert not {"seed", "data.seed", "outputs"} & set(row.settings)


def test_rows_share_their_texts(tmp_path: Path) -> None:
    """So that a sweep of thousands of runs, which keeps a row of each, fits in memory."""
    one, other = (read_row(run(tmp_path / str(n), config(seed=n), 0.75), METRIC) for n in (3, 4))
    for texts in (lambda row: [*row.settings], lambda row: [*row.best], _values):
        assert texts(one)
        assert all(a is b for a, b in zip(texts(one), texts(other), strict=True))


def _values(row: Row) -> list[str]:
    return [value for value in row.settings.values() if isinstance(value, str)]


def test_a_run_whose_process_is_gone_was_killed(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", config(), state="running")
    write_status(folder, gone(attempts=2))
    row = read_row(folder, METRIC)
    assert (row.state, row.attempts) == ("killed", 2)
    assert row.reason == "its process ended unexpectedly"


def test_a_row_has_the_baseline_of_ngrams_that_its_sweep_measured(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", config())
    assert read_row(folder, METRIC).ngram_baseline is None
    write_json(folder / NGRAM_BASELINE, {METRIC: 0.625})
    assert read_row(folder, METRIC).ngram_baseline == 0.625
    assert read_row(folder, "val/loss").ngram_baseline is None


@pytest.mark.parametrize("content", ["", "[]", "null", '{"val/accuracy": "high"}', "\x00"])
def test_a_damaged_baseline_is_none(tmp_path: Path, content: str) -> None:
    folder = run(tmp_path / "a", config())
    (folder / NGRAM_BASELINE).write_text(content)
    row = read_row(folder, METRIC)
    assert (row.state, row.value, row.ngram_baseline) == ("done", 0.8, None)


@pytest.mark.parametrize("name", ["status.json", "result.json"])
@pytest.mark.parametrize("size", [0, 1, 20, 60])
def test_a_file_cut_short_makes_an_unreadable_row(tmp_path: Path, name: str, size: int) -> None:
    folder = run(tmp_path / "a", config())
    (folder / name).write_bytes((folder / name).read_bytes()[:size])
    row = read_row(folder, METRIC)
    assert row.value is None
    assert row.reason.startswith(f"unreadable: {name}: ")


@pytest.mark.parametrize("content", ["[]", "3", "null", '{"state": 1, "more": 2}', "{}", "\x00"])
@pytest.mark.parametrize("name", ["status.json", "result.json", "config.yaml"])
def test_a_file_with_something_else_makes_an_unreadable_row(
    tmp_path: Path, name: str, content: str
) -> None:
    folder = run(tmp_path / "a", config())
    (folder / name).write_text(content)
    board = read_leaderboard([folder], METRIC, "max")
    assert len(board.lines) + len(board.others) == 1


def test_a_deleted_folder_is_a_row_and_stands_last(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    shutil.rmtree(folders[0])
    failed = run(tmp_path / "f", config(lr=9.0), state="failed", error="Trace\nValueError: no\n")
    board = read_leaderboard([*folders, failed], METRIC, "max")
    assert [row.state for row in board.others] == ["failed", "unreadable"]
    assert [row.reason for row in board.others] == [
        "ValueError: no",
        "unreadable: the folder is gone",
    ]


@pytest.mark.parametrize("value", [None, "text"])
def test_a_value_that_is_no_number_is_no_value(tmp_path: Path, value: object) -> None:
    row = read_row(run(tmp_path / "a", config(), value), METRIC)  # type: ignore[arg-type]
    assert row.value is None
    assert row.reason == f"{METRIC} is not finite at the best epoch"


def test_a_metric_that_was_not_measured_is_told(tmp_path: Path) -> None:
    assert "was not measured" in read_row(run(tmp_path / "a", config()), "val/nothing").reason


def test_a_run_that_holds_nothing_out_is_told_from_a_misspelt_metric(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", config(), best={"epoch": 1, "train/accuracy": 0.9})
    assert (
        read_row(folder, METRIC).reason
        == f"nothing was held out to measure {METRIC} on (data.validation)"
    )


def test_runs_are_found_however_deep(tmp_path: Path) -> None:
    folders = grid(tmp_path / "sweeps" / "one")
    single = run(tmp_path / "runs" / "a", config())
    assert list(run_folders(tmp_path)) == sorted([*folders, single])
    assert list(run_folders(single)) == [single]
