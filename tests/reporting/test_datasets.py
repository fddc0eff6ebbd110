"""Runs on different data have separate tables, without claims across them."""

from pathlib import Path

from tests.reporting.boards import board, reported, table
from tests.reporting.folders import config, run

from reviewlab.reporting.cells import heading
from reviewlab.reporting.datasets import split_by_data
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.rows import read_row


def on_data(folder: Path, reviews: int, fingerprint: str, model: str, value: float) -> Path:
    settings = config(model)
    settings["data"]["reviews"] = reviews
    name = folder / f"{fingerprint}-{reviews}-{model}"
    return run(name, settings, value, data_fingerprint=fingerprint)


def two_data_sets(folder: Path) -> list[Path]:
    """Write runs of two models on little and on much data; one run has no value."""
    made = [
        on_data(
            folder, reviews, f"print{reviews}", model, 0.5 + reviews / 1000 + (model == "GRU") / 9
        )
        for reviews in (100, 300)
        for model in ("LSTM", "GRU")
    ]
    return [*made, run(folder / "lost", config(), state="failed", error="lost")]


def test_each_data_set_has_its_own_table(tmp_path: Path) -> None:
    made = board(two_data_sets(tmp_path))
    assert (made.lines, made.effects) == ((), ())
    assert heading(made) == "2 different data sets: their numbers cannot be compared"
    assert list(made.parts) == ["data.reviews=100", "data.reviews=300"]
    for part in made.tables.values():
        assert part.keys == ["model"]
        assert [line.verdict for line in part.lines] == ["best", "unknown"]
        assert part.others == ()
    assert [row.reason for row in made.others] == ["lost"]


def test_one_data_set_is_one_table(tmp_path: Path) -> None:
    made = board([on_data(tmp_path, 100, "print", model, 0.5) for model in ("LSTM", "GRU")])
    assert isinstance(made, Leaderboard)
    assert (made.parts, made.tables) == ({}, {"": made})


def test_data_that_no_setting_tells_apart_are_named_by_their_content(tmp_path: Path) -> None:
    folders = [on_data(tmp_path, 100, print_, "LSTM", 0.5) for print_ in ("a" * 64, "b" * 64)]
    rows = [read_row(folder, "val/accuracy") for folder in folders]
    assert list(split_by_data(rows)) == ["data aaaaaaaa", "data bbbbbbbb"]


def test_every_file_has_a_table_a_data_set(tmp_path: Path) -> None:
    reporter = reported(tmp_path, two_data_sets(tmp_path / "jobs"))
    reporter.figures()
    told = reporter.text(100)
    for name in ("data.reviews=100", "data.reviews=300"):
        assert f"\n{name}:\nmodel GRUClassifier comes first: " in told
        assert f"\n## {name}\n" in (tmp_path / "leaderboard.md").read_text(encoding="utf-8")
        assert f"<h2>{name}</h2>" in (tmp_path / "leaderboard.html").read_text(encoding="utf-8")
        assert list((tmp_path / "figures" / name.replace("=", "-")).glob("*.png"))
    assert "(clear)" not in told
    rows = [row for row in table(tmp_path / "leaderboard.csv") if row["state"] == "done"]
    assert [(row["rank"], row["data"], row["model"]) for row in rows] == [
        ("1", "data.reviews=100", "GRUClassifier"),
        ("2", "data.reviews=100", "LSTMClassifier"),
        ("1", "data.reviews=300", "GRUClassifier"),
        ("2", "data.reviews=300", "LSTMClassifier"),
    ]
