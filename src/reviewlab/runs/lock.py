"""The lock of a folder, which keeps other processes out."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from reviewlab.exceptions import InputError
from reviewlab.runs.atomic import remove_leftovers


class Layout(NamedTuple):
    """The files and folders that a run or a sweep writes, by their paths in its folder."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


class InUseError(InputError):
    """Another process has locked the folder."""


class Lockable(Protocol):
    """The folder of a run or a sweep."""

    path: Path

    def held(self) -> AbstractContextManager[None]:
        """Return a context manager that locks the folder."""


@contextmanager
def removed_unless(begun: Callable[[], bool], folder: Lockable) -> Iterator[None]:
    """Lock a folder for the `with` block, and remove it afterwards if nothing has begun there.

    Args:
        begun: function that returns False as long as the folder has nothing worth keeping.
        folder: the folder.
    """
    try:
        with folder.held():
            try:
                yield
            finally:
                if not begun():
                    shutil.rmtree(folder.path, ignore_errors=True)
    except OSError:  # also if not even the lock could be written
        if not begun():
            shutil.rmtree(folder.path, ignore_errors=True)
        raise


def refuse_wrong_kinds(folder: Path, layout: Layout) -> None:
    """Refuse a folder in which a file is in the place of a folder, or a folder in a file's.

    Args:
        folder: the folder of a run or a sweep.
        layout: what is written there.

    Raises:
        InputError: something is of the wrong kind; the message names it.
    """
    wrong = [folder / name for name in layout.files if (folder / name).is_dir()]
    if wrong:
        raise InputError(f"{str(wrong[0])!r} is a folder; allowed: a file; move it away")
    places = [folder / name for name in layout.folders]
    wrong = [path for path in places if path.exists() and not path.is_dir()]
    if wrong:
        raise InputError(f"{str(wrong[0])!r} is a file; allowed: a folder; move it away")


@contextmanager
def alone_in(folder: Path, layout: Layout, refusal: str) -> Iterator[None]:
    """Lock `folder` against other processes within the `with` block.

    The system releases the lock when the process ends, even if it is killed; what it was writing
    then is removed here. The file `.lock` stays: if it were deleted, two processes could lock two
    different files of that name.

    Args:
        folder: the folder to lock.
        layout: what is written there.
        refusal: beginning of the message, to be followed by the process that holds the lock.

    Raises:
        InUseError: another process holds the lock.
        InputError: something in the folder is of the wrong kind.
    """
    from filelock import FileLock, Timeout  # takes 20 ms, which reading a folder does not need

    refuse_wrong_kinds(folder, layout)
    path = folder / ".lock"
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise InUseError(
            f"{refusal} {holder(folder)}; wait until it has ended, or stop it"
        ) from None
    try:
        remove_leftovers(folder)
        with suppress(OSError):  # it only tells others who holds the lock
            path.write_text(f"process {os.getpid()} on {socket.gethostname()}\n", encoding="utf-8")
        yield
    finally:
        lock.release()


def holder(folder: Path) -> str:
    """Return the process that has locked a folder, in words such as "process 7 on node2"."""
    with suppress(OSError):
        if words := (folder / ".lock").read_text(encoding="utf-8", errors="replace").strip():
            return words
    return "another process"


def is_locked(folder: Path) -> bool:
    """Return True if a process holds the lock of `alone_in`, or if this cannot be found out."""
    try:
        import fcntl  # Windows has none
    except ImportError:
        return True
    try:
        file = os.open(folder / ".lock", os.O_RDONLY | os.O_NONBLOCK)  # in case it is a pipe
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # unlike FileLock, this writes nothing
    except OSError:
        return True
    finally:
        os.close(file)
    return False
