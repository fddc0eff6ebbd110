"""Writes tables chunk by chunk; the file is there when it is whole, and not before."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reviewlab.data.tables.formats import BINARY, SUFFIXES, Format, packing_of, suffix_of
from reviewlab.data.tables.output_stream import Output, packed, refusal
from reviewlab.data.tables.source import STANDARD_STREAM
from reviewlab.data.tables.writers import (
    CsvWriter,
    JsonWriter,
    ParquetWriter,
    TableWriter,
    TsvWriter,
)
from reviewlab.exceptions import InputError
from reviewlab.runs.files import atomic_path

_WRITERS: dict[Format, type[TableWriter]] = {
    "csv": CsvWriter,
    "tsv": TsvWriter,
    "jsonl": JsonWriter,
    "parquet": ParquetWriter,
}


@contextmanager
def create_table(
    path: str | Path,
    columns: Sequence[str],
    key: str,
    format: Format | None = None,  # noqa: A002
) -> Iterator[TableWriter]:
    """Open a table to write it.

    A file takes its place when the block ends well; when it raises, what was there before is still
    there and nothing is left beside it. A pipe or a device is written to directly.

    Args:
        path: a file, or "-" for stdout.
        columns: the names of the columns, in their order.
        key: the option that errors name.
        format: of a file without a known suffix, and of stdout.

    Raises:
        InputError: the file cannot be written.
    """
    name = str(path)
    new_writer, packing = _writer_for(name, key, format), packing_of(name)
    with _target(name, key) as stream:
        output = Output(stream, name, key)
        try:
            target = packed(output, packing) if packing else None
            writer = new_writer(target or output, columns, key)
            yield writer
            writer.finish()
            if target is not None:
                target.close()
            output.flush()
        except BaseException:
            output.abandoned = True
            raise


def _writer_for(path: str, key: str, given: Format | None) -> type[TableWriter]:
    if path == STANDARD_STREAM:
        return _WRITERS[given or "csv"]
    suffix = suffix_of(path)
    kind = given if suffix == ".txt" else SUFFIXES.get(suffix, given)
    writer = _WRITERS.get(kind) if kind else None
    if writer is None or (kind in BINARY and packing_of(path)):
        other = "" if suffix in SUFFIXES and suffix != ".txt" else ", or give format="
        raise InputError(
            f"{key}: {path!r} must end in .csv, .tsv, .jsonl or .parquet (text also packed, as in"
            f" .csv.gz){other}"
        )
    return writer


@contextmanager
def _target(name: str, key: str) -> Iterator[IO[bytes]]:
    final = Path(os.path.realpath(name))  # a link stays a link
    if name == STANDARD_STREAM:
        yield sys.stdout.buffer
    elif final.is_dir():
        raise InputError(f"{key}: {name!r} is a folder; give the file to write")
    elif final.exists() and not final.is_file():
        with _open(final, "wb", name, key) as stream:
            yield stream
    else:
        with atomic_path(final) as temporary, _open(temporary, "xb", name, key) as stream:
            yield stream


def _open(path: Path, mode: str, name: str, key: str) -> IO[bytes]:
    try:
        return path.open(mode, buffering=0)  # so that closing has nothing left to fail on
    except OSError as error:
        raise refusal(name, key, error) from None
