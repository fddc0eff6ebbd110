"""Write `docs/lessons.md`: the notes' beliefs, each with a sweep that tests it and the outcome."""

from collections.abc import Mapping
from pathlib import Path

from reviewlab.notes.published import Strict, read_checked
from reviewlab.reporting.cells import effect_lines, notes
from reviewlab.reporting.files import board_table
from reviewlab.reporting.leaderboard import Leaderboard

OPENING = """\
# What the study notes believed, tested

Written by `make lessons` from the leaderboards of the sweeps named below and the paragraphs in
`docs/lessons.yaml`. Rows are ranked by `val/accuracy` at the epoch of the lowest validation loss;
[What the leaderboard claims](explanation/leaderboard.md) explains the marks.
"""


class Lesson(Strict):
    """One belief stated in the notes, and the outcome of testing it.

    Attributes:
        belief: a sentence, as people would say it.
        note: the notes that express the belief.
        sweep: name of the file in `conf/sweep/lessons/` that tests the belief.
        text: the outcome and its reason.
    """

    belief: str
    note: str
    sweep: str
    text: str


def read_lessons(path: Path) -> list[Lesson]:
    """Read the beliefs from `docs/lessons.yaml`.

    Raises:
        InputError: the file cannot be read, or has an unknown or missing key.
    """
    return read_checked(path, lambda entries: [Lesson(**entry) for entry in entries])


def lessons_page(lessons: list[Lesson], boards: Mapping[str, Leaderboard]) -> str:
    """Format the whole page; a belief whose sweep has no leaderboard is marked as not run."""
    sections = [_section(lesson, boards.get(lesson.sweep)) for lesson in lessons]
    return "\n\n".join([OPENING.strip(), *sections]) + "\n"


def _section(lesson: Lesson, board: Leaderboard | None) -> str:
    parts = [f"## {lesson.belief}", f"{lesson.text.strip()} ({lesson.note}.)"]
    parts.append(f"`python scripts/train.py -m sweep=lessons/{lesson.sweep}`:")
    if board is None or not board.lines:
        return "\n\n".join([*parts, "not run"])
    parts.append(board_table(board))
    parts.append("\n".join(f"- {line}" for line in [*notes(board), *effect_lines(board)]))
    return "\n\n".join(parts)
