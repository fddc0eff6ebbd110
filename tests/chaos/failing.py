"""Let chosen writing calls of a program fail, by a library that stands before the C library.

The library must be loaded when a process starts, so the zygote of `tests.forked` is started with
`preload`; the programs that it forks read the rest from their environment.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("failing.c")

SHORT = "short"
"""The error of a write that takes only half of its bytes and reports no error number."""


class Fault(NamedTuple):
    """The calls that fail, by their numbers from 1, and how they fail; by default none does."""

    first: int = 0
    last: int = 0
    error: int | str = 0


def build(folder: Path) -> Path:
    """Compile the library into `folder`, and return its path."""
    library = folder / "failing.so"
    options = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["cc", *options, "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


@contextmanager
def preload(library: Path) -> Iterator[None]:
    """Load the library into programs that are started within the `with` block."""
    os.environ["LD_PRELOAD"] = str(library)
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]


class Counter:
    """Counts the writing calls below a folder in the processes that get its `environment`.

    Args:
        path: the file of the counter; the calls that fail are recorded beside it.
        below: the folder.
        fault: the calls that fail.
    """

    def __init__(self, path: Path, below: Path, fault: Fault) -> None:
        self._path, self._record = path, path.with_suffix(".calls")
        path.write_bytes(bytes(8))
        self._record.unlink(missing_ok=True)
        self.environment = {
            "FAIL_BELOW": f"{below}/",
            "FAIL_COUNTER": str(path),
            "FAIL_RECORD": str(self._record),
            "FAIL_FIRST": str(fault.first),
            "FAIL_LAST": str(fault.last),
            "FAIL_WITH": str(fault.error),
        }

    @property
    def count(self) -> int:
        """The number of calls so far."""
        return int.from_bytes(self._path.read_bytes(), sys.byteorder)

    @property
    def failed(self) -> list[str]:
        """The calls that have failed, each with its number and path; all calls without a fault."""
        if not self._record.exists():
            return []
        return self._record.read_text(encoding="utf-8").splitlines()
