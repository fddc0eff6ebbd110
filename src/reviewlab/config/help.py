"""The help that Hydra prints from `conf/hydra/help/`, made fit for this terminal and folder."""

import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from reviewlab.console.commands import command

WIDTH = 79

SCRIPT = re.compile(r"python scripts/(\w+)\.py")
"""The command that the files of `conf/` show: that of a checkout."""

WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
"""A word of a command, as a shell splits it."""


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
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    if not SCRIPT.search(line):
        return textwrap.fill(line, WIDTH, subsequent_indent=indent)
    here = SCRIPT.sub(lambda shown: command(shown[1]), line)
    return here if len(here) <= WIDTH else _break_command(here, indent)


def _break_command(line: str, indent: str) -> str:
    """Break a command between words, with the backslash that a shell wants there."""
    lines = [indent[2:]]
    for word in WORD.findall(line):
        begun = lines[-1].strip()
        if begun and len(lines[-1]) + len(word) > WIDTH - 2:
            lines[-1] = f"{lines[-1].rstrip()} \\"
            lines.append(indent)
        lines[-1] += f"{word} "
    return "\n".join(lines).rstrip()
