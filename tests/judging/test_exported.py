"""Runs of ours, exported to a table and judged, have the numbers of their own leaderboard."""

from pathlib import Path

import pytest
from tests.judging.tables import numbers
from tests.reporting.boards import board as own_board
from tests.reporting.folders import config, grid, run

from reviewlab.judging.rows import read_rows
from reviewlab.judging.run_table import Columns
from reviewlab.judging.table_file import read_file
from reviewlab.reporting.export import write_runs
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.rows import read_row


def judged_again(
    folders: list[Path], keys: list[str], path: Path, plan: Plan, **columns: str
) -> Leaderboard:
    """Export runs and judge the table."""
    write_runs([read_row(folder, "val/accuracy") for folder in folders], path)
    chosen = Columns("val/accuracy", tuple(keys), seed="seed", state="state", **columns)
    table = read_file(str(path), [name for _, name in chosen.named()])
    runs = read_rows(table, chosen)
    return build_leaderboard(runs.rows, "val/accuracy", "max", plan)


@pytest.mark.parametrize("planned", [(), ("0", "1", "2")])
@pytest.mark.parametrize("margin", [None, 0.02])
def test_a_grid(tmp_path: Path, planned: tuple[str, ...], margin: float | None) -> None:
    folders = grid(tmp_path)
    own = own_board(folders, planned=planned, margin=margin)
    plan = Plan(planned, margin)
    again = judged_again(folders, [*own.keys], tmp_path / "runs.csv", plan)
    assert numbers(again) == numbers(own)
    assert len(own.lines) == 4


def test_unfinished_runs_and_repetitions(tmp_path: Path) -> None:
    folders = [
        *grid(tmp_path)[:-2],
        run(tmp_path / "nan", config("GRU", 0.01, 1), None),
        run(tmp_path / "lost", config("GRU", 0.01, 2), state="failed", error="lost"),
        run(tmp_path / "now", config("GRU", 0.01, 3), state="running"),
        run(tmp_path / "never", config("GRU", 9.0, 0), state="killed"),
    ]
    own = own_board(folders, planned=("0", "1", "2"))
    again = judged_again(folders, [*own.keys], tmp_path / "runs.csv", Plan(("0", "1", "2")))
    assert numbers(again) == numbers(own)
    assert max(line.unfinished for line in own.lines) == 3


def test_folds(tmp_path: Path) -> None:
    folders = []
    for model in ("LSTM", "GRU"):
        for seed in range(2):
            for fold in range(3):
                settings = config(model, seed=seed)
                settings["data"] |= {"folds": 3, "fold": fold}
                value = 0.7 + 0.1 * (model == "GRU") + seed / 50 + fold / 30 + len(folders) % 5 / 99
                folders.append(run(tmp_path / f"{len(folders)}", settings, value))
    own = own_board(folders)
    again = judged_again(folders, [*own.keys], tmp_path / "runs.csv", Plan(), fold="fold")
    assert (own.folds, again.folds) == (3, 3)
    assert numbers(again) == numbers(own)


def test_data_sets(tmp_path: Path) -> None:
    folders = []
    for reviews in (100, 300):
        for model in ("LSTM", "GRU"):
            for seed in range(2):
                settings = config(model, seed=seed)
                settings["data"]["reviews"] = reviews
                value = 0.5 + reviews / 1000 + seed / 50 + len(folders) % 3 / 99
                path = tmp_path / f"{len(folders)}"
                folders.append(run(path, settings, value, data_fingerprint=f"print{reviews}"))
    own = own_board(folders)
    table = tmp_path / "runs.csv"
    again = judged_again(folders, ["model", "data.reviews"], table, Plan(), data="data_fingerprint")
    own_parts, parts = numbers(own)["parts"], numbers(again)["parts"]
    assert len(parts) == 2
    assert [*parts.values()] == [*own_parts.values()]
