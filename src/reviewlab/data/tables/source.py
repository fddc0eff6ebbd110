"""The file or pipe that a table is read from, and the option that named it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from reviewlab.exceptions import InputError

STANDARD_STREAM = "-"

MOST_LISTED = 10
"""Maximum number of lines that one error message lists."""

LOOKED_AT = 100_000
"""Maximum number of rows to search for more bad lines after the first one."""


@dataclass(frozen=True)
class Source:
    """The file or pipe that a table is read from: opens it, and raises errors that name it.

    Args:
        name: a file, or "-" for stdin.
        key: the option that names it, for messages.
        unit: what messages count: `line`, or `row` in binary formats.
    """

    name: str
    key: str
    unit: str = "line"

    @property
    def is_stream(self) -> bool:
        """Test if this is a pipe or a device, which can be read only once."""
        return self.name == STANDARD_STREAM or not Path(self.name).is_file()

    @property
    def size(self) -> int:
        """Size of the file in bytes; 0 if it is unknown."""
        return 0 if self.is_stream else Path(self.name).stat().st_size

    def option(self, name: str) -> str:
        """Return the key of the option `name`, in the same group as `key`."""
        return ".".join([*self.key.split(".")[:-1], name])

    def open(self) -> IO[bytes]:
        """Open the file.

        Raises:
            InputError: there is no such file, or it cannot be read.
        """
        if self.name == STANDARD_STREAM:
            return sys.stdin.buffer
        if Path(self.name).is_dir():
            self.refuse("is a folder; give a file such as reviews.csv")
        try:
            return Path(self.name).open("rb")
        except FileNotFoundError:
            self.refuse("does not exist")
        except OSError as error:
            self.refuse(f"cannot be read: {error.strerror}")

    def close(self, stream: IO[bytes]) -> None:
        """Close a stream from `open`; stdin stays open."""
        if self.name != STANDARD_STREAM:
            stream.close()

    def refuse(self, problem: str, line: int | None = None, others: Sequence[int] = ()) -> NoReturn:
        """Raise an InputError that names the option, the file and the line.

        Args:
            problem: what is wrong with the file or the line, and what to do about it.
            line: number of the line; None if the whole file is meant.
            others: further lines with the same problem.
        """
        where = "" if line is None else f" {self.unit} {line}:"
        more = see_also(others, self.unit)
        raise InputError(f"{self.key}: {self.name!r}{where} {problem}{more}")


def see_also(lines: Sequence[int], unit: str) -> str:
    """List further lines or rows with a problem, for the end of a message."""
    if not lines:
        return ""
    plural = "s" * (len(lines) > 1)
    return f"; see also {unit}{plural} {', '.join(map(str, lines))}"
