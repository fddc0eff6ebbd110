"""One process at a time in a folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.exceptions import InputError


@contextmanager
def alone_in(folder: Path, refusal: str) -> Iterator[None]:
    """Keep every other process out of `folder` while the block lasts.

    The system lets go of the lock when the process ends, however it does. `.lock` stays: were it
    deleted, two processes could hold two files of that name.

    Raises:
        InputError: another process holds it; the line is `refusal` and which process that is.
    """
    from filelock import FileLock, Timeout  # 20 ms that a reader of the folder need not pay

    path = folder / ".lock"
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise InputError(
            f"{refusal} {holder}; allowed: wait until it has ended, or stop it"
        ) from None
    try:
        path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()
