"""The help that Hydra prints from `conf/hydra/help/`, made fit for this terminal and folder."""

import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from reviewlab.console.commands import command, fit_command

WIDTH = 79

SCRIPT = re.compile(r"python scripts/(\w+)\.py")
"""The command that the files of `conf/` show: that of a checkout."""


@contextmanager
def show_help() -> Iterator[None]:
    """Print the help of Hydra with lines that fit, and with commands that run from here."""
    try:
        with redirect_stdout(StringIO()) as printed:
            yield
    finally:  # Hydra leaves by SystemExit
        for line in printed.getvalue().rstrip().splitlines():
            sys.stdout.write(f"{_fit(line)}\n")


def _fit(line: str) -> str:
    """Wrap a line; the lists of choices are longer than any terminal."""
    indent = " " * (len(line) - len(line.lstrip()))
    if not SCRIPT.search(line):
        return textwrap.fill(line, WIDTH, subsequent_indent=f"{indent}  ")
    here = SCRIPT.sub(lambda shown: command(shown[1]), line.strip())
    return fit_command(here, indent, WIDTH)
