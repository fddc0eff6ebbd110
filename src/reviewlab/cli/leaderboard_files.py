"""Write the files of a leaderboard, and print where they are."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.console.table import on_one_line
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.reporter import Reporter
from reviewlab.runs.identity import slug

if TYPE_CHECKING:
    from reviewlab.reporting.figures.style import Format

WritePage = Callable[[Leaderboard, str, Path], None]
"""A function that writes the page of a leaderboard, given its title and its file."""


def write_leaderboard(reporter: Reporter, figures: "Format | None") -> None:
    """Write the leaderboard and its figures into the reporter's folder.

    Args:
        reporter: the leaderboard.
        figures: format in which the figures are drawn at print quality as well; None to skip this.
    """
    reporter.folder.mkdir(parents=True, exist_ok=True)
    reporter.write()
    printed = reporter.figures(figures)
    sys.stdout.write(f"\nleaderboard: {on_one_line(str(reporter.page))}\n")
    for folder in dict.fromkeys(path.parent for path in printed):
        sys.stdout.write(f"figures: {on_one_line(str(folder))}/*.{figures}\n")


def write_pages(reporter: Reporter, title: str, write: WritePage, suffix: str = "") -> None:
    """Write an interactive page for each data set.

    Args:
        reporter: the leaderboard.
        title: title of the pages.
        write: function that writes one page.
        suffix: text appended to the names of the files.
    """
    for name, board in reporter.board.tables.items():
        file = reporter.folder / f"report{suffix}{f'-{slug([name])}' if name else ''}.html"
        write(board, ": ".join(filter(None, (title, name))), file)
        sys.stdout.write(f"page: {on_one_line(str(file))}\n")
