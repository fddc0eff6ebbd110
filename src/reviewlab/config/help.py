"""Wrap the help that Hydra prints from `conf/hydra/help/`, and adapt its example commands."""

import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from reviewlab.console.commands import command, fit_command

WIDTH = 79

SCRIPT = re.compile(r"python scripts/(\w+)\.py")
"""Matches a command in the files of `conf/`, where it is written as in a checkout."""


@contextmanager
def show_help() -> Iterator[None]:
    """In the `with` block, break long lines of the help that Hydra prints, and adapt its commands.

    The commands are changed so that the user can run them exactly as they are printed.
    """
    try:
        with redirect_stdout(StringIO()) as printed:
            yield
    finally:  # Hydra exits with SystemExit after printing its help
        for line in printed.getvalue().rstrip().splitlines():
            sys.stdout.write(f"{_fit(line)}\n")


def _fit(line: str) -> str:
    """Wrap a line of the help, since a list of choices can be wider than any terminal."""
    indent = " " * (len(line) - len(line.lstrip()))
    if not SCRIPT.search(line):
        return textwrap.fill(line, WIDTH, subsequent_indent=f"{indent}  ")
    here = SCRIPT.sub(lambda shown: command(shown[1]), line.strip())
    return fit_command(here, indent, WIDTH)
