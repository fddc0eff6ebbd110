"""What an earlier run left in its folder: a file that cannot be read is named, in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.exceptions import InputError
from reviewlab.reporting.rows import UNREADABLE


@contextmanager
def readable(path: Path, verb: str = "resume") -> Iterator[None]:
    """Name `path` where it is not what this block reads there: half a file, or another version's.

    verb: why it is read, `resume` or `rerun`.
    Raises: InputError.
    """
    try:
        yield
    except UNREADABLE as error:
        raise InputError(
            f"{verb}: {str(path)!r} cannot be read ({type(error).__name__}: {error}); allowed: as "
            "a run has written it, or no such file"
        ) from error
