"""Read and write the files of runs and sweeps, and explain damaged ones."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reviewlab.exceptions import InputError, single_line
from reviewlab.runs.atomic import atomic_path

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""The exceptions that reading a deleted, truncated or overwritten file can raise."""

LARGEST = 2**26
"""The size in bytes of the largest text file of a run that is read; most have a few thousand."""


def make_folder(path: Path) -> None:
    """Create the folder of a run or a sweep, `<outputs>/<kind>/<name>`.

    `mkdir` fails if the folder exists, so two processes never share one.

    Raises:
        FileExistsError: there is a file or folder of this name.
        InputError: the folder cannot be created.
    """
    try:
        with suppress(FileExistsError):  # then it is not the folder that is to be made
            path.parent.mkdir(parents=True)
        path.mkdir()
    except FileExistsError:
        raise
    except OSError as error:
        raise InputError(
            f"outputs: {str(path.parents[1])!r}: {error.strerror}; allowed: a folder that can be "
            "created and written to"
        ) from error


def make_new_folder(path: Path) -> Path:
    """Create a folder as `make_folder` does, with `-2`, `-3`, ... appended if the name is taken."""
    candidate, number = path, 1
    while True:
        try:
            make_folder(candidate)
        except FileExistsError:
            number += 1
            candidate = path.with_name(f"{path.name}-{number}")
        else:
            return candidate


@contextmanager
def no_empty_parents(path: Path) -> Iterator[None]:
    """Remove the two folders around `path` at the end of the block if they are new and empty."""
    missing = [folder for folder in [*path.parents][:2] if not folder.exists()]
    try:
        yield
    finally:
        with suppress(OSError):  # something has been made there
            for folder in missing:
                folder.rmdir()


def short_path(path: Path, base: Path | None = None) -> str:
    """Return `path` relative to `base` (None: working directory), or unchanged if outside it."""
    relative = os.path.relpath(path, base)
    return str(path) if relative.startswith("..") else relative


def write_text(path: Path, text: str) -> None:
    r"""Write `text` as UTF-8, atomically.

    A byte that is not UTF-8, which the name of a folder may contain, is written as `\udcff`.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, atomically; NaN and infinities become null, since JSON lacks both."""
    write_text(
        path, json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )


def is_regular(path: Path) -> bool:
    """Return True for a regular file or a link to one; reading anything else might never end.

    Raises:
        OSError: there is no such file, or its folder may not be read.
    """
    return stat.S_ISREG(path.stat().st_mode)


def read_text(path: Path, limit: int = LARGEST) -> str:
    """Read a regular file of UTF-8 text.

    Args:
        path: the file.
        limit: the largest size to read, in bytes.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is a pipe or a device, is too large, or is not UTF-8.
    """
    if not is_regular(path):
        raise ValueError("it is not a regular file")
    size = path.stat().st_size
    if size > limit:
        raise ValueError(f"it has {size:,} bytes; allowed: at most {limit:,}")
    return path.read_text(encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a value that `write_json` wrote.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a regular file, is too large, or is not JSON.
    """
    try:
        return json.loads(read_text(path))
    except RecursionError:
        raise ValueError("its values are nested too deeply") from None


@contextmanager
def readable(path: Path, verb: str = "resume") -> Iterator[None]:
    """Raise an `InputError` that names `path` if the `with` block fails to read it.

    Args:
        path: the file.
        verb: first word of the message: the command that reads the file, `resume` or `rerun`, or
            the argument that named the file's folder, such as `path`.

    Raises:
        InputError: the file is damaged or was written by another version.
    """
    try:
        yield
    except UNREADABLE as error:
        raise InputError(
            f"{verb}: {str(path)!r} cannot be read ({type(error).__name__}: "
            f"{single_line(str(error))}); "
            "restore the original file, or delete the damaged one"
        ) from error


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not (abs(value) < float("inf")):
        return None
    return value
