"""Keeps a sweep's leaderboard up to date while its jobs end."""

from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.reporting.files import STEM, write_csv, write_html, write_markdown
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.text import text
from reviewlab.runs.identity import slug

if TYPE_CHECKING:
    from reviewlab.reporting.figures.style import Format


class Reporter:
    """The leaderboard of one sweep; rows stay in memory, so that an update reads one folder.

    Args:
        sweep_folder: where the files go.
        metric: to rank by.
        mode: `max` or `min`: what a good value is.
        suffix: behind the names of all files, so that those of the sweep's own metric stay.
    """

    def __init__(self, sweep_folder: Path, metric: str, mode: str, suffix: str = "") -> None:
        self._stem, self._pictures = f"{STEM}{suffix}", sweep_folder / f"figures{suffix}"
        self.folder = sweep_folder
        self.metric = metric
        self.mode = mode
        self._rows: dict[Path, Row] = {}
        self._board: Leaderboard | None = None

    @property
    def page(self) -> Path:
        """The leaderboard to look at."""
        return self.folder / f"{self._stem}.html"

    @property
    def rows(self) -> list[Row]:
        """A row a folder, in the order they were first read in."""
        return [*self._rows.values()]

    @property
    def board(self) -> Leaderboard:
        """The leaderboard of what has been read."""
        if self._board is None:
            self._board = build_leaderboard(self.rows, self.metric, self.mode)
        return self._board

    def update(self, job_folder: Path) -> None:
        """Read one job's folder again, and no other."""
        self._rows[job_folder] = read_row(job_folder, self.metric)
        self._board = None

    def write(self) -> None:
        """Write `leaderboard.md`, `leaderboard.csv` and `leaderboard.html`, each atomically."""
        write_markdown(self.board, self.folder, self._stem)
        write_csv(self.board, self.folder, self._stem)
        write_html(self.board, self.folder, stem=self._stem)

    def figures(self, print_as: "Format | None" = None) -> list[Path]:
        """Draw the figures into `figures/` and put them on the page.

        Args:
            print_as: a format in which they are drawn at print quality as well; None for none.

        Returns:
            The files at print quality.
        """
        write_html(self.board, self.folder, self._draw(), self._stem)
        return self._draw(print_as) if print_as else []

    def _draw(self, print_as: "Format | None" = None) -> list[Path]:
        from reviewlab.reporting.figures.draw import draw  # matplotlib takes its time

        places = {name: slug([name]) if name else "" for name in self.board.tables}
        return [
            picture
            for name, board in self.board.tables.items()
            for picture in draw(board, self._pictures / places[name], print_as)
        ]

    def text(self, width: int) -> str:
        """The leaderboard for a terminal of `width` columns."""
        return text(self.board, width, self.folder)
