"""The written and printed leaderboards."""

import re
from html.parser import HTMLParser
from pathlib import Path

from tests.reporting.boards import NASTY, reported, table
from tests.reporting.folders import config, grid, run

from reviewlab.runs.files import write_json
from reviewlab.runs.folder import NGRAM_BASELINE


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


def test_the_plan_is_in_every_file(tmp_path: Path) -> None:
    reporter = reported(tmp_path, grid(tmp_path), planned=["0", "1", "2"])
    assert {row["planned_seeds"] for row in table(tmp_path / "leaderboard.csv")} == {"3"}
    shown = [(tmp_path / f"leaderboard.{kind}").read_text() for kind in ("md", "html")]
    for page in [*shown, reporter.text(200)]:
        assert "wrong in at most 5 % of tables, even if seeds are added to the 3 planned" in page


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
    assert page.count("data:image/png") == 4


def test_the_baseline_of_ngrams_is_in_the_csv_and_on_every_page(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    for folder in folders:
        write_json(folder / NGRAM_BASELINE, {"val/accuracy": 0.8125})
    reporter = reported(tmp_path, folders)
    rows = table(tmp_path / "leaderboard.csv")
    assert {(row["majority_baseline"], row["ngram_baseline"]) for row in rows} == {
        ("0.25", "0.8125")
    }
    pages = [(tmp_path / f"leaderboard.{kind}").read_text() for kind in ("md", "html")]
    assert all("n-grams (model=ngram): 0.8125" in page for page in [*pages, reporter.text(80)])


def test_without_a_baseline_of_ngrams_its_column_is_empty(tmp_path: Path) -> None:
    reported(tmp_path, grid(tmp_path))
    assert {row["ngram_baseline"] for row in table(tmp_path / "leaderboard.csv")} == {""}
