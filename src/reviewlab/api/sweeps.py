"""A sweep, read from its folder."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.api.runs import Run
from reviewlab.api.tables import as_numbers, as_table
from reviewlab.console.text import readable_path
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    import pandas


class Sweep:
    """A sweep: many runs, the leaderboard that compares them, and the winner.

    Files are read on each access, so that a sweep in progress can be followed.

    Args:
        path: the sweep folder, such as ``outputs/sweeps/<name>``.

    Raises:
        InputError: the folder is not a sweep folder.

    Example:
        >>> sweep = reviewlab.Sweep("outputs/sweeps/sizes")
        >>> sweep.leaderboard()["verdict"][0]
        'best'
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).expanduser().resolve()
        if not (self._path / "jobs").is_dir():
            raise InputError(
                f"path: {str(path)!r} is not a sweep folder: it has no folder 'jobs'; allowed: "
                "outputs/sweeps/<name>"
            )

    def __repr__(self) -> str:
        """Show the folder and the number of runs."""
        return f"<Sweep {readable_path(self.path)}: {len(self.runs())} runs>"

    @property
    def path(self) -> Path:
        """The sweep folder, as an absolute path."""
        return self._path

    def leaderboard(self) -> "pandas.DataFrame | dict[str, list[Any]]":
        """Compare the configurations, the best first.

        The table has the rows and columns of ``leaderboard.csv``: the keys that vary, the mean over
        the seeds with its 95 % interval, and a verdict. The verdict is ``best``, ``equal``
        (within the sweep's margin of the best), ``worse``, ``undecided`` (not known yet) or
        ``unknown`` (fewer than two seeds in common with the best); it stays valid when seeds are
        added. Runs without a value of the metric come last, with the reason.

        Returns:
            A DataFrame, or a dict of columns if pandas is not installed.
        """
        from reviewlab.evaluation.find import read_sweep
        from reviewlab.reporting.files import csv_columns

        board = read_sweep(self.path)
        columns = csv_columns(board, self.path)
        keys = {key for one in board.tables.values() for key in one.keys}
        return as_table({n: as_numbers(c) if n in keys else c for n, c in columns.items()})

    def runs(self) -> list[Run]:
        """Return the runs in the order of their job numbers."""
        from reviewlab.reporting.rows import run_folders

        folders = run_folders(self.path / "jobs")
        return [Run(folder) for folder in folders if (folder / "config.yaml").is_file()]

    def winner(self) -> Run:
        """Return the run with the best seed of the best configuration.

        It is the run whose classifier :func:`reviewlab.load` loads from the sweep folder.

        Raises:
            InputError: no run has a value of the metric yet, or the runs use several data sets.
        """
        from reviewlab.evaluation.find import find_winner, read_sweep

        return Run(find_winner(read_sweep(self.path), self.path).folder)
