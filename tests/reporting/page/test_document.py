"""The page of a sweep: its contents, and that it cannot run foreign scripts."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, many, run
from tests.reporting.page.pages import ERRORS, NASTY, OWN, Page, written

from reviewlab.reporting.cells import heading
from reviewlab.reporting.columns import columns
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.runs.files import write_json


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Page, Leaderboard]:
    """A page of 500 runs of 100 epochs, all with different settings."""
    return written(many(tmp_path_factory.mktemp("large")))


def hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_a_page_of_500_runs_is_one_file_under_7_mb(large: tuple[Page, Leaderboard]) -> None:
    page, board = large
    assert len(page.source.encode()) < 7e6
    assert len(board.lines) + len(board.others) == 500
    assert all(len(trace["y"]) == 100 for traces in page.data["curves"] for trace in traces)


def test_nothing_is_fetched_and_no_other_script_is_run(large: tuple[Page, Leaderboard]) -> None:
    page, _ = large
    assert "src" not in {name for _, found in page.tags for name in found}
    assert all(link.startswith(("#", "data:")) for link in page.attributes("href"))
    assert not re.search(r"@import|url\(", "".join(page.styles))
    policy = next(found["content"] for _, found in page.tags if "http-equiv" in found)
    assert "default-src 'none'" in policy
    scripts = page.scripts[1:]
    assert re.search(r"script-src ([^;]*);", policy)[1].split() == [*map(hashed, scripts)]
    assert scripts[1] == (OWN / "page.js").read_text(encoding="utf-8")


def test_the_table_is_the_leaderboard(large: tuple[Page, Leaderboard]) -> None:
    page, board = large
    shown = columns(board)
    assert page.rows[0] == [column.title for column in shown]
    wanted = [list(row) for row in zip(*(column.cells for column in shown), strict=True)]
    assert page.rows[1 : len(wanted) + 1] == wanted
    assert heading(board) in page.text


def test_our_own_javascript_is_short_and_readable() -> None:
    script = (OWN / "page.js").read_text(encoding="utf-8").splitlines()
    assert len(script) <= 120
    assert max(map(len, script)) < 100


def test_nothing_that_others_wrote_is_taken_for_html(tmp_path: Path) -> None:
    folder = tmp_path / "sweep <script>alert(0)<" / "jobs"
    best = run(folder / "<u>&'", config(note=NASTY, lr=0.1), 0.9)
    write_json(best / "errors.json", ERRORS)
    run(folder / "other", config(note="plain", lr=0.2))
    run(folder / "<i>failed", config(lr=0.3), state="failed", error=f"Traceback\n{NASTY}\n{NASTY}")
    page, _ = written(folder.parent)
    assert len(page.scripts) == 3
    assert "alert" not in "".join(page.scripts[2:])
    assert not {"img", "u", "i"} & {tag for tag, _ in page.tags}
    assert page.text.count("alert(2)") >= 5  # setting twice, review, reason, traceback
    assert "{{ 7*7 }}" in page.text
    names = json.dumps(page.data["curves"] + [page.data["pairs"]])
    assert "<script" not in names
    assert "&lt;/script" in names


ODD = {
    "one run": [{}],
    "one key": [{"lr": 0.1}, {"lr": 0.2}],
    "seeds alone": [{"seed": 0}, {"seed": 1}],
    "words, switches, nothing, lists": [
        {"a": None, "b": True, "c": [1, 2]},
        {"a": 0.5, "b": False, "c": [3]},
        {"a": "x" * 300, "b": True},
    ],
    "dates and percents": [{"a": "2020-01-01"}, {"a": "50 %"}, {"a": "nan"}, {"a": "inf"}],
}


@pytest.mark.parametrize("sweep", ODD.values(), ids=ODD)
def test_odd_sweeps_have_a_page(sweep: list[dict], tmp_path: Path) -> None:
    for place, settings in enumerate(sweep):
        run(tmp_path / f"{place}", config(**settings), 0.5 + place / 10)
    page, board = written(tmp_path)
    drawn = {found["id"] for _, found in page.tags if found.get("class") == "plot"}
    assert drawn == set(page.data["figures"])
    assert ("parallel" in drawn) == (len(board.lines) > 1)
    assert ("heat" in drawn) == (len(board.keys) > 1)
    assert len({found["id"] for _, found in page.tags if "id" in found}) == sum(
        "id" in found for _, found in page.tags
    )


def test_what_is_not_a_number_is_left_out(tmp_path: Path) -> None:
    run(tmp_path / "a", config(lr=0.1), 0.9)
    run(tmp_path / "b", config(lr=0.2), 0.8, best={"val/accuracy": 0.8, "val/loss": float("nan")})
    run(tmp_path / "c", config(lr=0.3), None)
    page, board = written(tmp_path)
    assert len(board.lines) == 2
    assert "val/accuracy is not finite at the best epoch" in page.text
    assert "not measured" in page.text


def test_every_main_effect_is_named_by_its_key(tmp_path: Path) -> None:
    grid(tmp_path)
    page, _ = written(tmp_path)
    named = [found["aria-labelledby"] for tag, found in page.tags if tag == "figure"]
    assert named == [found["id"] for tag, found in page.tags if tag == "h3" and "id" in found]
    assert len({*named}) == 2


def test_every_figure_is_named_and_every_control_can_be_reached(
    large: tuple[Page, Leaderboard],
) -> None:
    page, board = large
    assert all(found.get("aria-label") for _, found in page.tags if found.get("class") == "plot")
    boxes = [found for tag, found in page.tags if tag == "input" and "aria-label" in found]
    assert len(boxes) == len(board.lines)
    scrolls = [found for _, found in page.tags if found.get("role") == "region"]
    assert all(found["tabindex"] == "0" and found["aria-label"] for found in scrolls)
    heads = [found for tag, found in page.tags if tag == "th" and "aria-sort" in found]
    assert len(heads) == 1
