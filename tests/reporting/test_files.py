"""Facts about what is written and printed."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.leaderboard import leaderboard
from reviewlab.reporting.reporter import Reporter
from reviewlab.reporting.text import text

NASTY = "a|b <script>alert(1)</script> `c` *d* ümlaut \"q\" 'r',; = [x](y)"


def reported(folder: Path, folders: list[Path]) -> Reporter:
    reporter = Reporter(folder, "val/accuracy", "max")
    for each in folders:
        reporter.update(each)
    reporter.write()
    return reporter


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "td":
            self.cells.append(data)


def test_the_csv_has_full_precision_and_a_row_a_configuration(tmp_path: Path) -> None:
    reporter = reported(tmp_path, grid(tmp_path))
    rows = table(tmp_path / "leaderboard.csv")
    assert [float(row["mean"]) for row in rows] == [line.mean for line in reporter.board.lines]
    assert {row["n"] for row in rows} == {"3"}
    assert rows[0]["verdict"] == "best"
    assert rows[0]["folders"].split()[0].startswith("jobs/")


def test_a_failed_run_is_last_with_its_reason_everywhere(tmp_path: Path) -> None:
    failed = run(tmp_path / "jobs" / "f", config(lr=9), state="failed", error="x\nOops: no memory")
    reporter = reported(tmp_path, [failed, *grid(tmp_path)])
    last = table(tmp_path / "leaderboard.csv")[-1]
    assert (last["state"], last["folders"], last["reason"]) == (
        "failed",
        "jobs/f",
        "Oops: no memory",
    )
    shown = [(tmp_path / f"leaderboard.{kind}").read_text() for kind in ("md", "html")]
    for page in [*shown, reporter.text(80)]:
        assert page.rindex("Oops: no memory") > page.rindex("worse")


def test_nasty_values_do_no_harm(tmp_path: Path) -> None:
    folders = [run(tmp_path / str(i), config(init=v)) for i, v in enumerate([NASTY, "plain"])]
    reported(tmp_path, folders)
    tags = Tags((tmp_path / "leaderboard.html").read_text(encoding="utf-8"))
    assert tags.tags.count("script") == 1
    assert any(NASTY in cell for cell in tags.cells)
    lines = (tmp_path / "leaderboard.md").read_text(encoding="utf-8").splitlines()
    pipes = {len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")}
    assert len(pipes) == 1
    assert NASTY in {row["model.init"] for row in table(tmp_path / "leaderboard.csv")}


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    reporter = reported(tmp_path, grid(tmp_path))
    reporter.figures()
    page = (tmp_path / "leaderboard.html").read_text()
    assert not re.search(r"https?:|src=\"(?!data:)|<link|@import", page)
    assert page.count("data:image/png") == 3


def test_the_figures_are_pictures(tmp_path: Path) -> None:
    reported(tmp_path, grid(tmp_path)).figures()
    pictures = sorted((tmp_path / "figures").iterdir())
    assert [path.name for path in pictures] == [
        "learning_curves.png",
        "main_effects.png",
        "parameters_and_time.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


@pytest.mark.parametrize("configurations", [1, 2, 30])
def test_whatever_varies_is_drawn_without_a_word(tmp_path: Path, configurations: int) -> None:
    folders = []
    for number in range(configurations):
        options = {f"key_{k}_{'x' * 30}": f"{number % 2} $x_1$ 漢字 {NASTY}" for k in range(14)}
        settings = config(lr=number + 1.0, **options)
        folders.append(run(tmp_path / str(number), settings, number / 100))
    reporter = reported(tmp_path, folders)
    reporter.figures()
    assert (tmp_path / "figures" / "parameters_and_time.png").exists()


def test_where_nothing_was_measured_everything_is_still_written(tmp_path: Path) -> None:
    reporter = reported(tmp_path, [run(tmp_path / "a", config(), state="killed")])
    reporter.figures()
    assert "killed" in reporter.text(80)
    assert len(table(tmp_path / "leaderboard.csv")) == 1


@pytest.mark.parametrize("keys", [0, 1, 5, 20])
@pytest.mark.parametrize("width", [80, 120])
def test_text_never_breaks_the_lines_of_a_terminal(tmp_path: Path, keys: int, width: int) -> None:
    folders = [
        run(
            tmp_path / f"jobs/{number}-{s}",
            config(lr=0.1 / number, seed=s, **{f"option_{k}": number * k for k in range(keys)}),
            0.5 + s / 9 + number / 100,
        )
        for number in (1, 2)
        for s in range(2)
    ]
    broken = run(tmp_path / "jobs/f", config(), state="failed", error="word " * 60)
    shown = text(leaderboard([*folders, broken], "val/accuracy", "max"), width, tmp_path)
    assert max(map(len, shown.splitlines())) <= width


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
