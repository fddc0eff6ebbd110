"""Files that are either whole or absent, and what reading a broken one raises."""

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
"""The errors of reading a file that was deleted, cut short or filled with something else."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path to write to beside `path`; it becomes `path` when the block ends well.

    When the block raises, `path` is as it was and nothing is left beside it.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def share_file(source: Path, target: Path) -> None:
    """Link `target` to the file that `source` is now, whatever replaces `source` later.

    Where a disk has no links (exFAT, some network drives), a copy does.
    """
    temporary = target.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(target)
    temporary.unlink(missing_ok=True)  # two names of one file are left as they are


def short_path(path: Path, base: Path | None = None) -> str:
    """Write a path as short as it can be from `base` (where this process works)."""
    relative = os.path.relpath(path, base)
    return str(path) if relative.startswith("..") else relative


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, atomically; NaN and infinities become null, as JSON has neither."""
    write_text(
        path, json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )


def read_json(path: Path) -> Any:
    """Read the value that `write_json` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def readable(path: Path, verb: str = "resume") -> Iterator[None]:
    """Name `path` where it is not what this block reads there: half a file, or another version's.

    Args:
        path: the file.
        verb: why it is read, `resume` or `rerun`.

    Raises:
        InputError: it cannot be read.
    """
    try:
        yield
    except UNREADABLE as error:
        raise InputError(
            f"{verb}: {str(path)!r} cannot be read ({type(error).__name__}: {error}); allowed: as "
            "a run has written it, or no such file"
        ) from error


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not (abs(value) < float("inf")):
        return None
    return value
