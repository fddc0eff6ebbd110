"""The columns of the leaderboard, as text for people."""

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.cells import notes
from reviewlab.reporting.columns import chance, columns, effect, flags, interval, seeds_needed
from reviewlab.reporting.interval import MeanInterval
from reviewlab.reporting.prospects import Prospect
from reviewlab.reporting.text import text
from reviewlab.runs.validation import Validation, ValidationReviews, write_validation


def test_a_column_has_a_cell_a_line(tmp_path: Path) -> None:
    made = board(grid(tmp_path))
    shown = {column.title: column for column in columns(made)}
    assert list(shown)[:4] == ["#", "model", "lr", "mean"]
    assert {len(column.cells) for column in shown.values()} == {len(made.lines)}
    assert "flags" not in shown
    assert shown["vs best"].cells[0] == "best" and not shown["vs best"].right


def test_a_flag_says_of_how_many_runs(tmp_path: Path) -> None:
    runs = [
        run(tmp_path / str(seed), config(seed=seed), flags=["collapsed"][:seed]) for seed in (0, 1)
    ]
    lost = run(tmp_path / "lost", config(seed=2), state="killed")
    waiting = run(tmp_path / "waiting", config(seed=3), state="queued")
    [line] = board([*runs, lost]).lines
    assert flags(line) == "collapsed 1/2, incomplete: 1 of 3 without a value"
    [line] = board([*runs, waiting]).lines
    assert flags(line) == "collapsed 1/2, 1 unfinished"


def test_an_interval_shows_its_parts_where_there_are_two(tmp_path: Path) -> None:
    line = board(grid(tmp_path)).lines[0]
    shown = [
        interval(replace(line, interval=one))
        for one in (
            None,
            MeanInterval(0.8, 0.02, None),
            MeanInterval(0.8, 0.03, 0.04),
            MeanInterval(0.8, None, 0.04),
        )
    ]
    assert shown == ["", "0.0200", "0.0500 (0.0300, 0.0400)", "0.0400 (-, 0.0400)"]


def test_the_answers_kept_widen_the_interval_and_a_note_says_so(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    before = board(folders)
    assert "± 95 %" in [column.title for column in columns(before)]
    labels = np.arange(1000) % 2
    reviews = ValidationReviews(labels, np.arange(1000), texts=np.minimum(np.arange(1000), 900))
    for row in before.rows:
        right = np.arange(1000) < 1000 * row.value  # the last reviews have the same text
        answers = np.eye(2)[np.where(right, labels, 1 - labels)].astype(np.float16)
        write_validation(row.folder, Validation(1, answers, reviews))
    # the run ended again, as after another training
    for row in before.rows:
        status = row.folder / "status.json"
        status.write_text(status.read_text().replace('"ended": 1.0', '"ended": 2.0'))
    after = board(folders)
    titles = [column.title for column in columns(after)]
    assert "± 95 % (seeds, reviews)" in titles and "distinct texts" in titles
    assert any(note.startswith("± 95 %: other seeds and other") for note in notes(after))
    assert "± 95 %: other" in text(after, 200, tmp_path)
    assert "± 95 %" not in text(after, 60, tmp_path)  # neither the column nor its explanation
    for old, new in zip(before.lines, after.lines, strict=True):
        assert new.interval.seeds == pytest.approx(old.interval.half)
        assert new.interval.half > old.interval.half
        assert new.distinct > new.mean  # the repeated text is answered wrongly


def test_prospects_are_told_in_few_digits(tmp_path: Path) -> None:
    line = board(grid(tmp_path)).lines[1]
    cells = [
        tuple(cell(replace(line, prospect=one)) for cell in (seeds_needed, effect, chance))
        for one in (Prospect(), Prospect(-1.234, 0.1234, 14.0), Prospect(0.0, 0.5, inf))
    ]
    assert cells == [("", "", ""), ("14", "-1.2", "12 %"), ("> 1000", "0", "50 %")]
