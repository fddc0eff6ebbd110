"""The formats of tables, and the file suffixes that name them."""

from pathlib import Path, PurePath
from typing import Literal

from reviewlab.data.tables.source import STANDARD_STREAM
from reviewlab.exceptions import InputError

Format = Literal["csv", "tsv", "txt", "jsonl", "json", "parquet", "arrow"]
Packing = Literal["gzip", "bzip2", "xz", "zstd"]

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "txt",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
PACKINGS: dict[str, Packing] = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
BINARY: tuple[Format, ...] = ("parquet", "arrow")


def packing_of(path: str) -> Packing | None:
    """Return the compression that a file's name indicates; None for an uncompressed file."""
    return PACKINGS.get(PurePath(path).suffix.lower())


def suffix_of(path: str) -> str:
    """Return a file's suffix in lower case, ignoring a compression suffix such as `.gz`."""
    name = PurePath(path)
    return (PurePath(name.stem) if packing_of(path) else name).suffix.lower()


def is_table(path: str | Path) -> bool:
    """Test by its suffix if a file is a table."""
    return suffix_of(str(path)) in SUFFIXES


def format_of(path: str, key: str, given: Format | None = None) -> Format:
    """Determine the format of a table to read.

    Args:
        path: a file, whose suffix names the format, or "-".
        key: the option that names the file, for messages.
        given: the format to use for "-", for `.txt` and for unknown suffixes.

    Raises:
        InputError: the format is unknown.
    """
    if path == STANDARD_STREAM:
        return given or "csv"
    suffix = suffix_of(path)
    kind = given if suffix == ".txt" and given else SUFFIXES.get(suffix, given)
    if kind is None:
        raise InputError(
            f"{key}: {path!r} must end in .csv, .tsv, .txt, .jsonl, .json, .parquet or .arrow"
            " (text files may be compressed, such as .csv.gz)"
            f"{'' if '.' in key else ', or set format (such as csv)'}"
        )
    if kind in BINARY and packing_of(path):
        raise InputError(
            f"{key}: {path!r} is compressed, which is allowed only for text files; decompress it,"
            f" and give the {suffix} file"
        )
    return kind
