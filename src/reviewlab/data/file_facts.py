"""Facts about large files, kept in the cache folder so that every process need not read them again.

Every job of a sweep has to know that its reviews are those of the plan and that the encoded reviews
are whole. Reading all of them takes up to a tenth of the time of a small job.
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
"""The file in the cache folder. Processes that write it at once lose a fact, and no more."""

SETTLED = 2.0
"""Seconds after a change within which another might leave the same times behind."""

MOST_KEPT = 200
"""Facts in the file; the oldest ones are dropped."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def recall(question: str, files: Sequence[Path], compute: Callable[[], Any], folder: Path) -> Any:
    """Return what is known about files, or find it out where one of them has been touched since.

    Args:
        question: names the fact.
        files: what the fact is about.
        compute: reads the files and returns the fact, in JSON types.
        folder: the cache folder. If it cannot be read or written, the fact is computed each time.
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
        newest = [*_read(record).items(), (key, fact)]  # others may have written it meanwhile
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            write_json(record, dict(newest[-MOST_KEPT:]))
    return fact


def digest_files(files: Sequence[Path], root: Path | None, cache: Path) -> str:
    """Digest the bytes of all files, and their names below `root`.

    Args:
        files: in the order of the digest.
        root: the folder from which names are told; None leaves them out.
        cache: the cache folder, which keeps the digest of files that nobody touches.
    """
    return str(recall(f"digest below {root}", files, lambda: _digest(files, root), cache))


def _digest(files: Sequence[Path], root: Path | None) -> str:
    content = hashlib.sha256()
    for file in files:
        name = file.relative_to(root).as_posix() if root else ""
        with file.open("rb") as opened:
            content.update(f"{name}\0{hashlib.file_digest(opened, 'sha256').hexdigest()}".encode())
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
    """Name this boot of the machine, or return nothing where the system does not tell.

    A machine that lost power leaves files of zeros with the size and the times of the real ones.
    """
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
