"""Encoded reviews on disk: built once, then reused by every run that needs them."""

import hashlib
import json
import logging
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from reviewlab.data.corpus import Corpus
from reviewlab.data.file_facts import recall
from reviewlab.exceptions import InputError
from reviewlab.plugins import digest_sources_of
from reviewlab.runs.atomic import atomic_folder
from reviewlab.text.encoder import Learned

Entry = TypeVar("Entry")

log = logging.getLogger(__name__)

_ENTRY = "entry.json"
_CHECKSUMS = "checksums.json"
_SERVING = ("batch", "cache", "features", "file_facts", "loader", "sampler")
# Modules that cannot change what is stored; all other modules in data/ and text/ can.
_NOT_CONTENT = {
    *(f"data/{name}.py" for name in _SERVING),
    *(f"data/tables/{name}.py" for name in ("output", "output_stream", "writers")),
}


class Encoded(NamedTuple):
    """A data set as the cache stores it.

    Attributes:
        corpora: the memory-mapped corpus of each split.
        sizes: `sizes[split][file]` is the length of a split's file.
        learned: what the text encoder learned.
        notes: observations made while reading and splitting.
    """

    corpora: dict[str, Corpus]
    sizes: dict[str, dict[str, int]]
    learned: Learned
    notes: list[str]


def digest(parts: Mapping[str, Any], *kinds: type) -> str:
    """Return a cache key that depends on `parts`, on `kinds` and on this version of the code.

    Args:
        parts: everything that determines the encoded reviews, as JSON types.
        kinds: the classes that read and encode the reviews, which may come from plugins.
    """
    code = {"code": _code()}
    for kind in kinds:
        code |= digest_sources_of(kind)
    text = json.dumps({**parts, **code}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def open_or_build(cache_dir: str | None, key: str, build: Callable[[Path], Encoded]) -> Encoded:
    """Open encoded reviews; build them if they are missing or damaged.

    Args:
        cache_dir: the cache folder, as for `cache_folder`.
        key: name of the entry, from `digest`.
        build: function that writes the entry's files into a given folder.

    Raises:
        InputError: the cache cannot be written (a full disk, a folder without permission).
    """

    def make(folder: Path) -> Encoded:
        encoded = build(folder)
        facts = {"sizes": encoded.sizes, "learned": encoded.learned, "notes": encoded.notes}
        with writing(folder.parent):
            (folder / _ENTRY).write_text(json.dumps(facts))
        return encoded

    return open_or_make(cache_dir, key, _read_encoded, make, "encoded reviews")


def open_or_make(
    cache_dir: str | None,
    key: str,
    read: Callable[[Path], Entry],
    make: Callable[[Path], Entry],
    content: str,
) -> Entry:
    """Open a cache entry; make it if it is missing or damaged.

    If several processes need an entry at once, one makes it and the others wait. An entry appears
    complete or not at all.

    Args:
        cache_dir: the cache folder, as for `cache_folder`.
        key: name of the entry.
        read: function that opens the entry in a given folder.
        make: function that writes the entry's files into a given folder, and opens them.
        content: a plural noun for what the entry contains, for the log.

    Raises:
        InputError: the cache cannot be written (a full disk, a folder without permission).
    """
    folder = cache_folder(cache_dir)
    entry = folder / key
    existing = _open_entry(entry, read, content)
    if existing is not None:
        return existing
    from filelock import FileLock  # takes 20 ms, which a warm start saves

    lock = FileLock(folder / f"{key}.lock")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        # Another process may have made it in the meantime.
        existing = _open_entry(entry, read, content)
        return _make_entry(entry, make, content) if existing is None else existing
    finally:
        lock.release()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Raise an `InputError` if the code in the `with` block cannot write to the cache."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"data.cache_dir: {str(folder)!r} cannot be written ({error.strerror or error});"
            " set data.cache_dir or REVIEWLAB_CACHE to a writable folder with free space"
        ) from error


def cache_folder(cache_dir: str | None) -> Path:
    """Return `cache_dir`, or else $REVIEWLAB_CACHE, or else ~/.cache/reviewlab."""
    chosen = cache_dir or os.environ.get("REVIEWLAB_CACHE") or "~/.cache/reviewlab"
    return Path(chosen).expanduser().resolve()


def _make_entry(entry: Path, make: Callable[[Path], Entry], content: str) -> Entry:
    """Make an entry in a temporary folder, which is renamed; the caller must hold the lock.

    Args:
        entry: folder of the entry.
        make: as for `open_or_make`.
        content: as for `open_or_make`.
    """
    if entry.exists():
        log.warning("%s in %s are damaged and will be rebuilt", content, entry)
    with ExitStack() as stack:
        with writing(entry.parent):
            temporary = stack.enter_context(atomic_folder(entry))
        result = make(temporary)
        with writing(entry.parent):
            (temporary / _CHECKSUMS).write_text(json.dumps(_checksums(temporary)))
            shutil.rmtree(entry, ignore_errors=True)
            if entry.is_file():
                entry.unlink()
            stack.close()  # memory maps of its files stay valid
    return result


def _open_entry(entry: Path, read: Callable[[Path], Entry], content: str) -> Entry | None:
    """Open an entry; return None if it is missing or damaged.

    Args:
        entry: folder of the entry.
        read: as for `open_or_make`.
        content: as for `open_or_make`.
    """
    if not entry.exists():
        return None
    try:
        if json.loads((entry / _CHECKSUMS).read_text()) != _checksums(entry):
            return None
        result = read(entry)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    log.info("%s found in %s", content, _home_path(entry))
    return result


def _read_encoded(entry: Path) -> Encoded:
    facts = json.loads((entry / _ENTRY).read_text())
    corpora = {name: Corpus.open(entry, name, sizes) for name, sizes in facts["sizes"].items()}
    return Encoded(corpora, facts["sizes"], facts["learned"], facts["notes"])


def _home_path(folder: Path) -> str:
    """Return a folder's path, with ~ for the home folder."""
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)


def _checksums(folder: Path) -> dict[str, int]:
    """Return the CRC-32 of every file, which reveals files that a power cut has filled with zeros.

    The files are read rather than memory-mapped, because mapped pages count as memory in use.
    """
    files = sorted(path for path in folder.iterdir() if path.name != _CHECKSUMS)
    checksums: dict[str, int] = recall(
        "checksums", files, lambda: {path.name: _checksum(path) for path in files}, folder.parent
    )
    return checksums


def _checksum(path: Path) -> int:
    value, buffer = 0, memoryview(bytearray(1 << 20))
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(buffer):
            value = zlib.crc32(buffer[:read], value)
    return value


@cache
def _code() -> str:
    """Return a digest of the source files that determine what the cache stores."""
    package = Path(__file__).parent.parent
    files = [*package.glob("text/**/*.py"), *package.glob("data/**/*.py")]
    content = hashlib.sha256()
    for file in sorted(files):
        name = file.relative_to(package).as_posix()
        if name not in _NOT_CONTENT and file.name != "__init__.py":
            content.update(name.encode() + file.read_bytes())
    return content.hexdigest()
