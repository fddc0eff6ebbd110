"""Write files and folders completely or not at all, and remove what killed writers left behind."""

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

TEMPORARY = re.compile(r"\.(?P<final>.+)\.[0-9a-f]{8}\.tmp")
"""Finds the temporary names of this module, which are the only ones in run and sweep folders."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield an empty file next to `path`, which replaces `path` if the `with` block succeeds.

    If it raises, `path` is unchanged and the temporary file is removed.
    """
    with _draft(path) as temporary, _alive(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL):
        yield temporary
        temporary.replace(path)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder next to `path`, which becomes `path` if the `with` block succeeds.

    `path` may be an empty folder. If the block raises, the new folder is removed.
    """
    with _draft(path) as temporary:
        temporary.mkdir()
        with _alive(temporary, os.O_RDONLY):
            yield temporary
            temporary.replace(path)


def share_file(source: Path, target: Path) -> None:
    """Make `target` a hard link to the file now at `source`, even if `source` is replaced later.

    On file systems without hard links (exFAT, some network drives) the file is copied.
    """
    if target.exists() and target.samefile(source):
        return  # renaming one link of a file to another would do nothing, and leave both
    with _draft(target) as temporary:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        temporary.replace(target)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files in `folder`, at any depth, whose writers were killed.

    Files of writers that are alive stay, also on other machines: their writers lock them.
    """
    for place, folders, files in os.walk(folder):
        for name in filter(TEMPORARY.fullmatch, [*folders, *files]):
            _remove_leftover(Path(place) / name)
        folders[:] = [name for name in folders if not TEMPORARY.fullmatch(name)]


@contextmanager
def errors_name(path: Path, other: Path | None = None) -> Iterator[None]:
    """Name `path` in operating-system errors of the `with` block that name no file.

    Args:
        path: the file that the block writes.
        other: a path whose errors name `path` as well.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(other)):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Yield an unused path next to `path`; whatever is there is removed if the block raises."""
    with suppress(OSError):  # the folder may be written to, but not listed
        for name in os.listdir(path.parent):  # noqa: PTH208  faster than `iterdir`
            match = TEMPORARY.fullmatch(name)
            if match and match["final"] == path.name:
                _remove_leftover(path.with_name(name))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with errors_name(path, temporary):
            yield temporary
    except BaseException:
        _remove(temporary)
        raise


@contextmanager
def _alive(temporary: Path, flags: int) -> Iterator[None]:
    """Hold the system's lock on a temporary file or folder while this process lives.

    Args:
        temporary: the file, or an existing folder.
        flags: flags for opening it.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(temporary, flags, 0o666)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_leftover(temporary: Path) -> None:
    """Remove a temporary file or folder unless its writer is alive, or that is unknown."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(temporary, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            _remove(temporary)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        path.unlink()
