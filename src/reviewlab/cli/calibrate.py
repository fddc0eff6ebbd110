"""The command line of `scripts/calibrate.py`: check the leaderboard on real trainings."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.calibration.claims import Shape, Share, false_worse
from reviewlab.calibration.pool import Pool, read_pool
from reviewlab.cli.parser import Parser
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error


def main(argv: Sequence[str] | None = None) -> None:
    """Print how often identical configurations are told apart."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        options = make_parser().parse_args(arguments)
        pool = read_pool([Path(options.folder)], options.metric)
        shape = Shape(options.configurations, options.seeds)
        sys.stdout.write(describe(pool, shape, options.tables))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("calibrate"),
        allow_abbrev=False,
        description=(
            "Draw tables of identical configurations from the runs of a single one, and count those"
            " in which a row is called worse."
        ),
    )
    parser.add_argument("folder", help="a sweep over many seeds, and perhaps folds")
    parser.add_argument("--metric", default="val/accuracy", help="the metric that ranks")
    for name, default, summary in (
        ("configurations", 2, "rows of each table"),
        ("seeds", 3, "seeds of each row"),
        ("tables", 2000, "number of tables"),
    ):
        parser.add_argument(f"--{name}", type=_count, default=default, help=summary, metavar="N")
    return parser


def describe(pool: Pool, shape: Shape, tables: int) -> str:
    """Measure the share of tables with a false claim, and describe it in a few lines.

    Args:
        pool: the runs of one configuration.
        shape: the shape of the tables.
        tables: number of tables.
    """
    corrected = false_worse(pool, shape, tables, pool.overlap)
    folds = f", {pool.folds} folds" if pool.overlap else ""
    mean, deviation = pool.values.mean(), pool.values.std()
    lines = [
        f"pool: {pool.seeds} seeds{folds}; mean {mean:.4f}, sd {deviation:.4f}",
        f"{tables:,} tables of {shape.configurations} identical configurations, each with"
        f" {shape.seeds} seeds{folds}",
        f"a row is called worse: {_format(corrected)}",
    ]
    if pool.overlap:
        plain = false_worse(pool, shape, tables, 0.0)
        lines.append(f"the same without the correction for folds: {_format(plain)}")
    return "\n".join([*lines, ""])


def _format(share: Share) -> str:
    return f"{share.value:.4f} of the tables (standard error {share.error:.4f})"


def _count(text: str) -> int:
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: 2 or more")
    return number
