"""Help that fits an 80-column terminal."""

import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO


@contextmanager
def short_lines() -> Iterator[None]:
    """Wrap what Hydra prints: all choices of a group stand in one line there."""
    try:
        with redirect_stdout(StringIO()) as said:
            yield
    finally:  # Hydra leaves by SystemExit
        for line in said.getvalue().rstrip().splitlines():
            indent = " " * (len(line) - len(line.lstrip()) + 2)
            sys.stdout.write(f"{textwrap.fill(line, 79, subsequent_indent=indent)}\n")
