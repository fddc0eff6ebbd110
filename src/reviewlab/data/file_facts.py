"""Facts about large files, kept in the cache folder so that not every process reads them again.

Every job of a sweep checks that its reviews are the planned ones, and that the encoded reviews are
intact. Reading all these files would take up to a tenth of a small job's time.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json, write_json

RECORD = "file_facts.json"
"""The file in the cache folder. If processes write it at the same time, a fact may be lost."""

SETTLED = 2.0
"""Seconds after a change in which another change might leave the same timestamps."""

MOST_KEPT = 200
"""Maximum number of facts in the file; the oldest ones are dropped."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def recall(question: str, files: Sequence[Path], compute: Callable[[], Any], folder: Path) -> Any:
    """Return a value computed from files; take it from the cache if no file has changed since.

    Args:
        question: name of the value, such as `checksums`; a part of its cache key.
        files: the files that the value is computed from.
        compute: reads the files and returns the value, as JSON types.
        folder: the cache folder. If it cannot be read or written, the value is computed each time.
    """
    states = [file.stat() for file in files]
    key = _key(question, files, states)
    record = folder / RECORD
    facts = _read(record)
    if key in facts:
        return facts[key]
    fact = compute()
    last_change = max((state.st_ctime for state in states), default=0.0)
    if _boot() and time.time() - last_change > SETTLED:
        newest = [*_read(record).items(), (key, fact)]  # read again: others may have written it
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(record, dict(newest[-MOST_KEPT:]))
    return fact


def digest_files(files: Sequence[Path], root: Path | None, cache: Path) -> str:
    """Return a digest of the files' bytes, and of their names relative to `root`.

    Args:
        files: the files to digest, in this order.
        root: the folder that the names are relative to; None to leave the names out.
        cache: the cache folder, which keeps the digest until a file changes.
    """
    return str(recall(f"digest below {root}", files, lambda: _digest(files, root), cache))


def _digest(files: Sequence[Path], root: Path | None) -> str:
    content = hashlib.sha256()
    for file in files:
        name = file.relative_to(root).as_posix() if root else ""
        with file.open("rb") as stream:
            content.update(f"{name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}".encode())
    return content.hexdigest()


def _key(question: str, files: Sequence[Path], states: Sequence[os.stat_result]) -> str:
    parts = [(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in states]
    text = json.dumps([question, _boot(), [*map(str, files)], parts])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _read(record: Path) -> dict[str, object]:
    try:
        facts = read_json(record)
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


@cache
def _boot() -> str:
    """Return an id of this boot of the machine; empty if the system has none.

    Cached values are valid only until the next boot: after a power cut, a file may be full of zeros
    and still have its old size and timestamps.
    """
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
