"""The counts of the campaign are kept, added to, and shown on a page."""

from pathlib import Path

import pytest
from tests.chaos import reliability
from tests.chaos.verdicts import Verdict

WELL = Verdict("0: 7 strikes: SIGKILL*", [])
LOST = Verdict("1: 3 strikes: SIGTERM", [("lost", "run 0"), ("left", "a.tmp")])


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "reliability.md"
    page.write_text(f"before\n{reliability.BEGIN}\nold\n{reliability.END}\nafter\n")
    monkeypatch.setattr(reliability, "COUNTS", tmp_path / "reliability.json")
    monkeypatch.setattr(reliability, "PAGE", page)
    return page


def cells(page: Path, first: str) -> list[str]:
    [line] = [x for x in page.read_text().splitlines() if x.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_counts_of_several_runs_add_up(page: Path) -> None:
    reliability.record("kills", "race", [WELL, LOST])
    reliability.record("kills", "race", [WELL])
    reliability.record("names", "grid", [WELL])
    kills = ["kills and signals", "race", "17", "1", "0", "0", "0", "0", "1", "0"]
    assert cells(page, "kills and signals") == kills
    assert cells(page, "all") == ["all", "", "18", "1", "0", "0", "0", "0", "1", "0"]


def test_the_rest_of_the_page_stays(page: Path) -> None:
    reliability.record("kills", "race", [WELL])
    text = page.read_text()
    assert (text[:7], text[-6:]) == ("before\n", "after\n")
    assert "old" not in text


def test_the_next_seed_is_a_new_one(page: Path) -> None:
    assert reliability.next_seed("kills", "race") == 0
    reliability.record("kills", "race", [WELL, LOST])
    assert reliability.next_seed("kills", "race") == 2
    assert reliability.next_seed("kills", "grid") == 0


def test_damaged_inputs_share_their_seeds(page: Path) -> None:
    reliability.record("hostile", "checkpoint", [WELL] * 3)
    reliability.record("hostile", "run folder", [WELL] * 5)
    assert reliability.next_seed("hostile", "") == 8
