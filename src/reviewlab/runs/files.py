"""Atomic writes, which never leave a file half-written, and errors for damaged files."""

import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reviewlab.exceptions import InputError, single_line

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""The exceptions that reading a deleted, truncated or overwritten file can raise."""

LARGEST = 2**26
"""The size in bytes of the largest text file of a run that is read; most have a few thousand."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`, which replaces `path` if the `with` block succeeds.

    If it raises, `path` is unchanged and the temporary file is removed.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder next to `path`, which becomes `path` if the `with` block succeeds.

    `path` may be an empty folder. If the block raises, the new folder is removed.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    temporary.mkdir()
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def make_new_folder(path: Path) -> Path:
    """Create a new folder, with `-2`, `-3`, ... appended to its name if that is taken.

    `mkdir` fails if the folder exists, so two processes never share one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate, number = path, 1
    while True:
        try:
            candidate.mkdir()
        except FileExistsError:
            number += 1
            candidate = path.with_name(f"{path.name}-{number}")
        else:
            return candidate


def share_file(source: Path, target: Path) -> None:
    """Make `target` a hard link to the file now at `source`, even if `source` is replaced later.

    On file systems without hard links (exFAT, some network drives) the file is copied.
    """
    temporary = target.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(target)
    temporary.unlink(missing_ok=True)  # `replace` does nothing to two links of one file


def short_path(path: Path, base: Path | None = None) -> str:
    """Return `path` relative to `base` (None: working directory), or unchanged if outside it."""
    relative = os.path.relpath(path, base)
    return str(path) if relative.startswith("..") else relative


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


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
