"""The command line of `scripts/calibrate.py`: check the leaderboard on real trainings."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reviewlab.calibration.checks import as_table, check_all
from reviewlab.calibration.claims import Shape, Share, false_worse, measure
from reviewlab.calibration.pool import Pool, read_pool, read_pools
from reviewlab.cli.parser import Parser
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError
from reviewlab.runs.files import write_text

BEGIN, END = "<!-- written by scripts/calibrate.py -->", "<!-- end -->"


def main(argv: Sequence[str] | None = None) -> None:
    """Print how often identical configurations are told apart."""
    with exit_on_input_error(argv) as arguments:
        options = make_parser().parse_args(arguments)
        if options.page is not None:
            write_page(Path(options.folder), options.metric, options.tables, Path(options.page))
            return
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
            " in which a row is called worse. With --page, check every promise of the leaderboard"
            " on the runs of many configurations."
        ),
    )
    parser.add_argument("folder", help="a sweep over many seeds, and perhaps folds")
    parser.add_argument("--metric", default="val/accuracy", help="the metric that ranks")
    parser.add_argument(
        "--page", metavar="FILE", help="write a table of all promises into this page of the docs"
    )
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
    corrected = measure([pool], false_worse(shape, pool.overlap), tables)
    folds = f", {pool.folds} folds" if pool.overlap else ""
    mean, deviation = pool.values.mean(), pool.values.std()
    lines = [
        f"pool: {pool.seeds} seeds{folds}; mean {mean:.4f}, sd {deviation:.4f}",
        f"{tables:,} tables of {shape.configurations} identical configurations, each with"
        f" {shape.seeds} seeds{folds}",
        f"a row is called worse: {_format(corrected)}",
    ]
    if pool.overlap:
        plain = measure([pool], false_worse(shape), tables)
        lines.append(f"the same without the correction for folds: {_format(plain)}")
    return "\n".join([*lines, ""])


def write_page(folder: Path, metric: str, tables: int, page: Path) -> None:
    """Check all promises, printing each result, and replace the table on a page.

    Args:
        folder: a sweep of several configurations with many seeds.
        metric: name of the metric.
        tables: number of tables of each check.
        page: the page, which has the marks `BEGIN` and `END`.

    Raises:
        InputError: the page lacks the marks, or the runs are no pools.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if BEGIN not in text or END not in text.partition(BEGIN)[2]:
        raise InputError(f"--page: {str(page)!r} has no place for the table: {BEGIN} ... {END}")
    pools = read_pools([folder], metric)
    runs, seeds = sum(pool.values.size for pool in pools), [pool.seeds for pool in pools]
    span = f"{min(seeds)}" if min(seeds) == max(seeds) else f"{min(seeds)} to {max(seeds)}"
    rows = []
    for row in check_all(pools, tables):
        sys.stdout.write(f"{row[1]} (se {row[2]}) {row[4]}: {row[0]}\n")
        sys.stdout.flush()
        rows.append(row)
    before, rest = text.split(BEGIN)
    section = (
        f"{runs:,} runs of {len(pools)} configurations, {span} seeds each;"
        f" {tables:,} tables for each line, a tenth of that for seeds that are added.\n\n"
        f"{as_table(rows)}"
    )
    write_text(page, f"{before}{BEGIN}\n\n{section}\n\n{END}{rest.split(END)[1]}")


def _format(share: Share) -> str:
    return f"{share.value:.4f} of the tables (standard error {share.error:.4f})"


def _count(text: str) -> int:
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: 2 or more")
    return number
