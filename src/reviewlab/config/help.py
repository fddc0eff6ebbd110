"""Adapt the help that Hydra prints from `conf/hydra/help/` to the terminal and the folder."""

import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from reviewlab.console.commands import command

WIDTH = 79

SCRIPT = re.compile(r"python scripts/(\w+)\.py")
"""The form of a command in the files of `conf/`, which is that of a checkout."""

WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
"""A word of a command, as a shell splits it."""


@contextmanager
def show_help() -> Iterator[None]:
    """Print Hydra's help with wrapped lines, and with commands that work in this folder."""
    try:
        with redirect_stdout(StringIO()) as printed:
            yield
    finally:  # Hydra ends with SystemExit
        for line in printed.getvalue().rstrip().splitlines():
            sys.stdout.write(f"{_fit(line)}\n")


def _fit(line: str) -> str:
    """Wrap a line; lists of choices would be longer than any terminal."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    if not SCRIPT.search(line):
        return textwrap.fill(line, WIDTH, subsequent_indent=indent)
    example = SCRIPT.sub(lambda match: command(match[1]), line)
    return example if len(example) <= WIDTH else _break_command(example, indent)


def _break_command(line: str, indent: str) -> str:
    """Break a command between words, with a backslash at the end of each line but the last."""
    lines = [indent[2:]]
    for word in WORD.findall(line):
        line_has_words = lines[-1].strip()
        if line_has_words and len(lines[-1]) + len(word) > WIDTH - 2:
            lines[-1] = f"{lines[-1].rstrip()} \\"
            lines.append(indent)
        lines[-1] += f"{word} "
    return "\n".join(lines).rstrip()
