"""The page of beliefs, with a sweep that was run and one that was not."""

from pathlib import Path

from tests.reporting.folders import grid

from reviewlab.config.compose import CONFIGS
from reviewlab.notes.lessons import Lesson, lessons_page, read_lessons
from reviewlab.reporting.leaderboard import read_leaderboard

DOCS = CONFIGS.parent / "docs"
SWEEPS = {path.stem for path in (CONFIGS / "sweep" / "lessons").glob("*.yaml")}


def test_every_sweep_of_lessons_has_a_paragraph_and_the_other_way_round() -> None:
    assert {lesson.sweep for lesson in read_lessons(DOCS / "lessons.yaml")} == SWEEPS


def test_a_belief_stands_above_its_leaderboard_and_main_effects(tmp_path: Path) -> None:
    lessons = [
        Lesson(belief="Rates matter", note="note 1", sweep="rates", text="They do."),
        Lesson(belief="Nobody looked", note="note 2", sweep="never", text="So far."),
    ]
    page = lessons_page(lessons, {"rates": read_leaderboard(grid(tmp_path), "val/accuracy", "max")})
    tested, untested = page.split("## ")[1:]
    assert tested.startswith("Rates matter\n\nThey do. (note 1.)\n")
    assert "| # | model | lr | mean |" in tested
    assert "- lr: best 0.01 (" in tested
    assert untested.endswith("`python scripts/train.py -m sweep=lessons/never`:\n\nnot run\n")
