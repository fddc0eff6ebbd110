"""The command line of `scripts/benchmark.py`."""

import logging
import os
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.benchmarks.row import Row
from reviewlab.benchmarks.rows import ROWS
from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.overrides import parse

if TYPE_CHECKING:
    from reviewlab.benchmarks.measurement import Pairs

HELP = """\
Measure speed and memory against plain loops.

  python scripts/benchmark.py
  python scripts/benchmark.py rows=step,epoch

A measurement of all rows is written to docs/benchmarks.md. The rows:

"""
UNSET = "REVIEWLAB_IMDB is not set; set it to the folder of the real reviews"


def main() -> None:
    """Measure the rows that `sys.argv` names."""
    argv = sys.argv[1:]
    with exit_on_input_error(argv):
        if {"-h", "--help"} & {*argv}:
            sys.stdout.write(HELP + "".join(map(_describe, ROWS)))
            return
        names = choose_rows(argv)
        import pytorch_lightning  # noqa: F401  it sets its log level once, on import

        from reviewlab.benchmarks.report import PAGE, table, write
        from reviewlab.console.logs import speak

        speak(logging.WARNING)
        measured = measure(names)
        sys.stdout.write(f"\n{table(measured)}\n")
        if measured.keys() == ROWS.keys():
            write(measured)
            sys.stdout.write(f"\nwritten to {PAGE}\n")


def choose_rows(argv: Sequence[str]) -> list[str]:
    """Return the names of the rows that `rows=...` selects, in table order; by default all."""
    names = list(ROWS)
    for argument in argv:
        sign, key, value = parse(argument)
        if sign or key != "rows":
            raise InputError(
                f"command line: {argument!r} is unknown; allowed: rows={','.join(ROWS)}"
            )
        names = (value or "").split(",")
    for name in names:
        if name not in ROWS:
            hint = did_you_mean(name, ROWS) or ";"
            raise InputError(f"rows: there is no {name!r}{hint} allowed: {', '.join(ROWS)}")
    return [name for name in ROWS if name in names]


def measure(names: Sequence[str]) -> "dict[str, Pairs]":
    """Measure rows one by one, each in its own temporary folder, and print their results."""
    from reviewlab.benchmarks.measurement import Workbench
    from reviewlab.benchmarks.report import line, within

    measured = {}
    for name in names:
        row = ROWS[name]
        if missing := _missing(row):
            sys.stdout.write(f"{name:<10} skipped: {missing}\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            measured[name] = row.run(Workbench(Path(folder), row.pairs, row.overrides))
        verdict = "" if within(row, measured[name]) else "  above its limit"
        figures = "measured {}, at most {}; ours {}, reference {}; {} pairs"
        sys.stdout.write(f"{name:<10} {figures.format(*line(row, measured[name]))}{verdict}\n")
        sys.stdout.flush()
    return measured


def _describe(name: str) -> str:
    wrapped = textwrap.fill(
        ROWS[name].what, 79, initial_indent=" " * 13, subsequent_indent=" " * 13
    )
    return f"  {name:<11}{wrapped.lstrip()}\n"


def _missing(row: Row) -> str:
    """Describe what is missing to measure a row; empty if the row can be measured."""
    if row.reviews and not os.environ.get("REVIEWLAB_IMDB"):
        return UNSET
    for package in row.packages:
        if find_spec(package) is None:
            return f"{package} is not installed: pip install -e '.[{row.extra}]'"
    return ""
