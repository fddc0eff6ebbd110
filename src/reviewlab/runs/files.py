"""Atomic writes, which leave files complete or absent, and the errors of reading broken files."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from reviewlab.exceptions import InputError

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError)
"""The errors of reading a file that was deleted, truncated or overwritten."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`, which replaces `path` when the block succeeds.

    If the block raises, `path` is unchanged and the temporary file is removed.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def share_file(source: Path, target: Path) -> None:
    """Hard-link `target` to the current file at `source`, which may be replaced later.

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
    """Return a path relative to `base`, by default the working directory, if it is inside."""
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


def read_json(path: Path) -> Any:
    """Read a value that `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def readable(path: Path, verb: str = "resume") -> Iterator[None]:
    """Turn errors of this block, which reads `path`, into an `InputError` that names the file.

    Args:
        path: the file.
        verb: begins the message: the command that reads it, `resume` or `rerun`, or the argument
            that named its folder, such as `path`.

    Raises:
        InputError: the file is damaged or was written by another version.
    """
    try:
        yield
    except UNREADABLE as error:
        raise InputError(
            f"{verb}: {str(path)!r} cannot be read ({type(error).__name__}: {error}); allowed: "
            "the file as a run wrote it, or no such file"
        ) from error


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not (abs(value) < float("inf")):
        return None
    return value
