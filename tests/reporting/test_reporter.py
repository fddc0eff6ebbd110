"""The leaderboard of a sweep while its jobs end."""

from pathlib import Path

from tests.reporting.boards import reported, table
from tests.reporting.folders import config, run

from reviewlab.reporting.reporter import Reporter


def test_where_nothing_was_measured_everything_is_still_written(tmp_path: Path) -> None:
    reporter = reported(tmp_path, [run(tmp_path / "a", config(), state="killed")])
    reporter.figures()
    assert "killed" in reporter.text(80)
    assert len(table(tmp_path / "leaderboard.csv")) == 1


def test_an_update_reads_a_folder_again(tmp_path: Path) -> None:
    reporter = Reporter(tmp_path, "val/accuracy", "max")
    folder = run(tmp_path / "a", config(), state="running")
    reporter.update(folder)
    assert not reporter.board.lines
    run(tmp_path / "b", config())
    for file in ("status.json", "result.json"):
        (folder / file).write_bytes((tmp_path / "b" / file).read_bytes())
    reporter.update(folder)
    assert reporter.board.lines[0].n == 1
