"""A sweep, read from its folder."""

import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.reporting.folders import config, grid, run

import reviewlab
from reviewlab.sweeps.folder import SweepFolder


def test_the_leaderboard_is_that_of_the_file(swept: reviewlab.Sweep) -> None:
    written = pd.read_csv(swept.path / "leaderboard.csv")
    board = swept.leaderboard()
    assert list(board) == list(written)
    assert board["model.hidden_size"].tolist() == written["model.hidden_size"].tolist()
    assert board["verdict"].tolist() == written["verdict"].tolist()
    for name in ("mean", "standard_deviation", "lower", "upper", "n", "seconds"):
        assert board[name].tolist() == pytest.approx(written[name].tolist(), nan_ok=True)
    assert board["folders"].tolist() == written["folders"].tolist()


def test_without_pandas_a_leaderboard_is_columns(
    swept: reviewlab.Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = swept.leaderboard()
    monkeypatch.setitem(sys.modules, "pandas", None)
    columns = swept.leaderboard()
    assert isinstance(columns, dict)
    assert columns["mean"] == table["mean"].tolist()


def test_its_runs_come_in_the_order_of_their_numbers(swept: reviewlab.Sweep) -> None:
    runs = swept.runs()
    assert [one.path.name[:4] for one in runs] == ["0000", "0001", "0002", "0003"]
    assert {one.state for one in runs} == {"done"}


def test_the_winner_is_the_best_seed_of_the_best_line(swept: reviewlab.Sweep) -> None:
    best = swept.winner()
    first = swept.leaderboard()["folders"][0].split()
    values = {
        folder: reviewlab.Run(swept.path / folder).metrics["val/accuracy"] for folder in first
    }
    assert best.path.relative_to(swept.path).as_posix() == max(first, key=lambda one: values[one])


def test_runs_that_failed_are_rows_with_a_reason(tmp_path: Path) -> None:
    grid(tmp_path)
    run(tmp_path / "jobs" / "9999-failed", config(), state="failed", error="RuntimeError: boom")
    SweepFolder(tmp_path).write({"metric": "val/accuracy", "mode": "max"})
    last = reviewlab.Sweep(tmp_path).leaderboard().iloc[-1]
    assert last["state"] == "failed"
    assert last["reason"] == "RuntimeError: boom"


def test_a_sweep_without_results_has_no_winner(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    begun = reviewlab.Sweep(tmp_path)
    assert len(begun.leaderboard()) == 0
    with pytest.raises(reviewlab.InputError, match="has measured val/accuracy yet"):
        begun.winner()


def test_its_name_is_as_short_as_it_can_be(
    swept: reviewlab.Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(swept.path.parent)
    assert repr(swept) == "<Sweep sizes: 4 runs>"


def test_what_is_no_sweep_is_refused(trained: reviewlab.Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none", trained.path):
        with pytest.raises(reviewlab.InputError, match="is not a sweep folder"):
            reviewlab.Sweep(path)
