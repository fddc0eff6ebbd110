"""What was found out about large files, handed on to the processes that this one starts.

Every job of a sweep wants to know that the reviews are those that were planned with, and that what
is cached is whole. To read all of it again takes as long as a tenth of a small job.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

VARIABLE = "REVIEWLAB_SEEN"
"""An environment variable: what it holds is forgotten when the last of these processes ends."""

SETTLED = 2.0
"""Seconds after a change within which another might leave the same times behind."""


def once(question: str, files: Sequence[Path], find_out: Callable[[], Any]) -> Any:
    """What `find_out` gives (JSON types), asked again only when one of the files was touched."""
    states = [file.stat() for file in files]
    parts = [(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in states]
    text = json.dumps([question, [*map(str, files)], parts])
    key = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    known = json.loads(os.environ.get(VARIABLE, "{}"))
    if key in known:
        return known[key]
    found = find_out()
    if time.time() - max((s.st_ctime for s in states), default=0.0) > SETTLED:
        os.environ[VARIABLE] = json.dumps({**known, key: found})
    return found


def handed_on() -> dict[str, str]:
    """The environment of a process that is to know as much as this one."""
    return {VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}
