"""Find the checkpoint of a run, or of the winner of a sweep."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.console.table import on_one_line
from reviewlab.console.text import readable_path
from reviewlab.evaluation.options import refuse_missing
from reviewlab.exceptions import InputError
from reviewlab.runs.folder import RunFolder, is_exported
from reviewlab.sweeps.folder import SweepFolder, SweepRecord

if TYPE_CHECKING:
    from reviewlab.reporting.leaderboard import Leaderboard
    from reviewlab.reporting.rows import Row


def find_checkpoint(named: str | None, quiet: bool = False) -> str:
    """Return the path of the .ckpt file that `named` refers to.

    It is the given file, the run's best epoch, or the best epoch of the sweep's best run. An
    exported folder is its own checkpoint.

    Args:
        named: a .ckpt file, a run folder, a sweep folder, or a folder that `reviewlab export`
            wrote; None raises an InputError.
        quiet: if True, do not print to stderr which run of a sweep was chosen.

    Raises:
        InputError: the path is not given, does not exist or contains no checkpoint.
    """
    path = Path(os.path.expanduser(refuse_missing(named)))  # noqa: PTH111  `~` as in resume=
    if not path.is_dir() or is_exported(path):
        return str(path)
    if (path / "config.yaml").is_file():
        return str(_best_of_run(path))
    if (path / "jobs").is_dir():
        return str(_best_of_sweep(path, quiet))
    inside = path / "best.ckpt"  # the folder of a run's checkpoints
    if inside.is_file():
        return str(inside)
    raise InputError(
        f"checkpoint: {named!r} is neither a run nor a sweep; allowed: a run folder, a sweep "
        "folder, an exported folder, or a .ckpt file"
    )


def _best_of_run(folder: Path) -> Path:
    best = RunFolder(folder).best_checkpoint
    if not best.is_file():
        raise InputError(
            f"checkpoint: {str(folder)!r} has no checkpoints/best.ckpt; allowed: a run that has "
            "finished an epoch"
        )
    return best


def _best_of_sweep(folder: Path, quiet: bool) -> Path:
    board = read_sweep(folder)
    best = _best_of_run(find_winner(board, folder).folder)
    if not quiet:
        winner = f"winner by {on_one_line(board.metric)}: {readable_path(best)}"
        sys.stderr.write(f"{winner}\n")
    return best


def find_winner(board: "Leaderboard", folder: Path) -> "Row":
    """Return the best run among the seeds of a sweep's best configuration.

    Args:
        board: the leaderboard of the sweep.
        folder: the folder of the sweep.

    Raises:
        InputError: the sweep has no winner, or one for each of several data sets.
    """
    if board.parts:
        raise InputError(
            f"checkpoint: {str(folder)!r} has a winner for each of {len(board.parts)} data sets; "
            "allowed: the folder of one of its runs"
        )
    if not board.lines:
        raise InputError(
            f"checkpoint: no run of {str(folder)!r} has measured {board.metric} yet; allowed: a "
            "run folder, or a sweep in which a run has measured it"
        )
    choose = max if board.mode == "max" else min
    return choose(board.lines[0].rows, key=lambda row: row.value or 0.0)


def read_sweep(folder: Path) -> "Leaderboard":
    """Read the leaderboard of a sweep, ranked by the metric that the sweep was started with."""
    # imported here, since it imports scipy, which a single checkpoint does not need
    from reviewlab.reporting.leaderboard import read_leaderboard
    from reviewlab.reporting.metric_table import DEFAULT_METRIC, best_mode
    from reviewlab.reporting.rows import run_folders

    sweep: SweepRecord = SweepFolder(folder).read() or {}
    metric = sweep.get("metric", DEFAULT_METRIC)
    mode = sweep.get("mode", best_mode(metric))
    return read_leaderboard([*run_folders(folder)], metric, mode, SweepFolder(folder).plan())
