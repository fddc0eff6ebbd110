"""Keep the leaderboard of a sweep up to date while its jobs finish."""

from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.reporting.files import STEM, write_csv, write_html, write_markdown
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.plan import NO_PLAN, Plan
from reviewlab.reporting.rows import Row, read_row
from reviewlab.reporting.text import text
from reviewlab.runs.identity import slug

if TYPE_CHECKING:
    from reviewlab.reporting.figures.style import Format


class Reporter:
    """The leaderboard of one sweep; it keeps the rows, so that an update reads only one folder.

    Args:
        sweep_folder: the sweep's folder, in which the files are written.
        metric: name of the metric to rank by.
        mode: `max` if larger values are better, else `min`.
        suffix: text appended to all file names; ranking by another metric then does not overwrite
            the sweep's own files.
        plan: the statistical plan of the sweep.

    Attributes:
        pictures: the folder of the figures.
    """

    def __init__(
        self,
        sweep_folder: Path,
        metric: str,
        mode: str,
        suffix: str = "",
        plan: Plan = NO_PLAN,
    ) -> None:
        self._stem, self.pictures = f"{STEM}{suffix}", sweep_folder / f"figures{suffix}"
        self.folder = sweep_folder
        self.metric = metric
        self.mode = mode
        self._plan = plan
        self._rows: dict[Path, Row] = {}
        self._board: Leaderboard | None = None

    @property
    def page(self) -> Path:
        """Path of the leaderboard as a web page."""
        return self.folder / f"{self._stem}.html"

    @property
    def rows(self) -> list[Row]:
        """One row per run, in the order in which the runs were first added."""
        return [*self._rows.values()]

    @property
    def board(self) -> Leaderboard:
        """The leaderboard of the rows read so far."""
        if self._board is None:
            self._board = build_leaderboard(self.rows, self.metric, self.mode, self._plan)
        return self._board

    def follow(self, plan: Plan) -> None:
        """Rank by another plan from now on, since a search has chosen the trials to confirm."""
        self._plan, self._board = plan, None

    def update(self, job_folder: Path) -> None:
        """Read a job's folder, and add its row or replace the one that exists already."""
        self.add(read_row(job_folder, self.metric))

    def add(self, row: Row) -> None:
        """Add the row of a run, or replace the one that exists already."""
        self._rows[row.folder] = row
        self._board = None

    def write(self) -> None:
        """Write `leaderboard.md`, `leaderboard.csv` and `leaderboard.html`, each atomically."""
        write_markdown(self.board, self.folder, self._stem)
        write_csv(self.board, self.folder, self._stem)
        write_html(self.board, self.folder, stem=self._stem)

    def figures(self, print_as: "Format | None" = None) -> list[Path]:
        """Draw the figures into `figures/` and embed them in the web page.

        Args:
            print_as: format in which to draw them at print quality as well; None to skip this.

        Returns:
            The files drawn at print quality.
        """
        write_html(self.board, self.folder, self._draw(), self._stem)
        return self._draw(print_as) if print_as else []

    def _draw(self, print_as: "Format | None" = None) -> list[Path]:
        from reviewlab.reporting.figures.draw import draw  # matplotlib is slow to import

        places = {name: slug([name]) if name else "" for name in self.board.tables}
        return [
            picture
            for name, board in self.board.tables.items()
            for picture in draw(board, self.pictures / places[name], print_as)
        ]

    def text(self, width: int) -> str:
        """Format the leaderboard for a terminal of `width` columns."""
        return text(self.board, width, self.folder)
