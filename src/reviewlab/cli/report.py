"""The command line of `scripts/report.py`; torch is only imported to evaluate a checkpoint."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from reviewlab.cli.leaderboard_files import write_leaderboard, write_pages
from reviewlab.cli.parser import Parser, parse_margin
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.console.table import on_one_line
from reviewlab.evaluation.options import refuse_output, refuse_output_folder
from reviewlab.evaluation.sweep_page import write_sweep_page
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.reporting.export import write_runs
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.metric_table import DEFAULT_METRIC, best_mode, default_margin
from reviewlab.reporting.plan import Plan
from reviewlab.reporting.reporter import Reporter
from reviewlab.reporting.rows import Row, find_runs, is_run
from reviewlab.reporting.text import text
from reviewlab.reporting.tuning_report import refuse_dependent_trials, report_tuning_curves
from reviewlab.runs.identity import slug
from reviewlab.sweeps.folder import SweepFolder, SweepRecord


def main(argv: Sequence[str] | None = None) -> None:
    """Print a leaderboard, and write it into the sweep's folder or `--output`."""
    with exit_on_input_error(argv) as arguments:
        options = make_parser().parse_args(arguments)
        report([Path(folder) for folder in options.folders], options)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("report"),
        allow_abbrev=False,
        description="Compare runs in a leaderboard: one row per configuration, averaged over "
        "seeds, best first. For a single sweep, leaderboard and figures are written into its "
        "folder.",
    )
    parser.add_argument(
        "folders",
        nargs="+",
        metavar="folder",
        help="run folders, sweeps or folders that contain them",
    )
    parser.add_argument(
        "--metric",
        help=f"validation metric to rank by, measured at each run's best epoch (default: the "
        f"sweep's own, else {DEFAULT_METRIC})",
    )
    parser.add_argument(
        "--mode",
        choices=["max", "min"],
        help="which values of the metric are better (default: the sweep's own; else min for "
        "losses and errors, max for all other metrics)",
    )
    parser.add_argument(
        "--margin",
        type=parse_margin,
        help="difference from the best up to which configurations count as equal, 0 to claim no "
        "equality (default: the sweep's own; else 0.005 for metrics from 0 to 1, 0 for others)",
    )
    parser.add_argument(
        "--test-winner",
        action="store_true",
        help="measure the best configuration on the test split, with all its seeds; each use is "
        "counted in result.json",
    )
    parser.add_argument(
        "--tuning-curves",
        nargs="?",
        const="",
        metavar="KEY",
        help="also compare the values of a key after equally many random trials, in a table and in "
        "figures/tuning_curve.png (default: the first group that varies, such as model)",
    )
    _add_outputs(parser)
    return parser


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    """Add the options that request output files."""
    parser.add_argument(
        "--html",
        action="store_true",
        help="also write report.html: the whole sweep on one interactive page that works offline",
    )
    parser.add_argument(
        "--figures",
        choices=["svg", "pdf", "png"],
        help="also draw the ranking, learning curves, main effects and costs in print quality, "
        "into figures/ next to the leaderboard",
    )
    parser.add_argument(
        "--export",
        metavar="FILE",
        help="also write a .csv file with one row per run, which other programs can read",
    )
    parser.add_argument(
        "--output", metavar="FOLDER", help="where to write leaderboard.{md,csv,html} and figures"
    )


def report(folders: Sequence[Path], options: argparse.Namespace) -> None:
    """Rank the runs, print the leaderboard and write the files that `options` ask for."""
    own = _read_sweep(folders)
    metric = options.metric or own.get("metric", DEFAULT_METRIC)
    _refuse_metric(metric)
    own_mode = own.get("mode") if metric == own.get("metric") else None
    mode = options.mode or own_mode or best_mode(metric)
    refuse_output(options.export, [".csv"], "export")
    if options.tuning_curves is not None:
        refuse_dependent_trials(own)
    runs = find_runs(folders)
    place = _find_place(folders, options.output)
    for option, what in (("html", "the page"), ("figures", "figures")):
        if getattr(options, option) and place is None:
            raise InputError(
                f"{option}: there is no sweep folder to write {what} to; "
                "give a folder with --output"
            )
    plan = _plan(folders, metric, options.margin)
    usual = plan == _plan(folders, metric)
    suffix = "" if options.output else _suffix(metric, mode, None if usual else plan, own)
    reporter = Reporter(place or Path.cwd(), metric, mode, suffix, plan)
    for folder in runs:
        reporter.update(folder)
    _refuse_unmeasured(reporter.board, reporter.rows)
    if options.test_winner:
        from reviewlab.evaluation.test_set import measure_winner

        for row in measure_winner(reporter.board):
            reporter.update(row.folder)
    sys.stdout.write(f"{text(reporter.board, shutil.get_terminal_size().columns, Path.cwd())}\n")
    if options.export is not None:
        write_runs(reporter.rows, Path(options.export))
        sys.stdout.write(f"\nruns: {on_one_line(options.export)}\n")
    if place is not None:
        title = place.resolve().name if len(folders) > 1 else folders[0].resolve().name
        _write_files(reporter, options, on_one_line(title), suffix, own)


def _write_files(
    reporter: Reporter, options: argparse.Namespace, title: str, suffix: str, own: SweepRecord
) -> None:
    """Write the leaderboard and the files that `options` ask for, and print their paths.

    Args:
        reporter: the leaderboard.
        options: the options of the command line.
        title: title of the page.
        suffix: suffix of the file names.
        own: the sweep's settings; empty if there is no sweep.
    """
    write_leaderboard(reporter, options.figures)
    if options.html:
        write_pages(reporter, title, partial(write_sweep_page, sweep=own), suffix)
    if options.tuning_curves is not None:
        key, width = options.tuning_curves, shutil.get_terminal_size().columns
        curves = report_tuning_curves(reporter, key, own, width, options.figures)
        sys.stdout.write(f"\n{curves}\n")


def _suffix(metric: str, mode: str, plan: Plan | None, sweep: SweepRecord) -> str:
    """Return a suffix for a ranking's file names; empty for the sweep's own ranking.

    The suffix keeps another ranking from overwriting the files of the sweep's own ranking.

    Args:
        metric: metric to rank by.
        mode: `min` or `max`, the better direction of the metric.
        plan: a plan with another margin of equality than the usual one; None for the usual one.
        sweep: the sweep's settings; empty if there is no sweep.
    """
    margin = "" if plan is None else f"-margin-{plan.margin or 0:g}"
    own_metric = sweep.get("metric", DEFAULT_METRIC)
    if (metric, mode) == (own_metric, sweep.get("mode", best_mode(own_metric))):
        return margin
    return f"-{slug([metric])}{'' if mode == best_mode(metric) else f'-{mode}'}{margin}"


def _refuse_metric(metric: str) -> None:
    if not metric.startswith("val/"):
        raise InputError(
            f"metric: {metric!r} is not allowed; allowed: a validation metric, such as "
            f"{DEFAULT_METRIC}; --test-winner measures the winner on the test set"
        )


def _refuse_unmeasured(board: Leaderboard, rows: Sequence[Row]) -> None:
    measured = sorted({name for row in rows for name in row.best if name.startswith("val/")})
    if measured and not any(board.metric in row.best for row in rows):
        raise InputError(
            f"metric: no run has measured {board.metric!r}{did_you_mean(board.metric, measured)}; "
            f"allowed: {', '.join(measured)}"
        )


def _find_place(folders: Sequence[Path], output: str | None) -> Path | None:
    refuse_output_folder(output)
    if output is not None:
        return Path(output)
    return folders[0] if len(folders) == 1 and _is_sweep(folders[0]) else None


def _is_sweep(folder: Path) -> bool:
    return (folder / "jobs").is_dir() and not is_run(folder)


def _plan(folders: Sequence[Path], metric: str, margin: float | None = None) -> Plan:
    """Return the statistical plan of a comparison.

    Args:
        folders: sweeps and run folders. The plan has no seeds if they planned different ones.
        metric: metric to rank by. The margins that sweeps recorded only suit their own metric.
        margin: the margin on the command line, 0 for none; None if it was not given.
    """
    first, *rest = (SweepFolder(folder).plan(metric) for folder in folders)
    same = replace(
        first,
        seeds=first.seeds if all(plan.seeds == first.seeds for plan in rest) else (),
        margin=first.margin if not rest else default_margin(metric),
        race=None if rest else first.race,
        incomplete="keep" if rest else first.incomplete,
    )
    return same if margin is None else replace(same, margin=margin or None)


def _read_sweep(folders: Sequence[Path]) -> SweepRecord:
    """Read a sweep's settings; empty for several folders and for a folder that is not a sweep."""
    if len(folders) != 1:
        return {}
    sweep = SweepFolder(folders[0])
    sweep.refuse_wrong_kinds()
    return sweep.read() or {}
