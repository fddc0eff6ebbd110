"""Write tables chunk by chunk; a file appears only once it is complete."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from reviewlab.console.streams import product_stream
from reviewlab.data.tables.formats import BINARY, SUFFIXES, Format, packing_of, suffix_of
from reviewlab.data.tables.output_stream import Output, compress, write_error
from reviewlab.data.tables.source import STANDARD_STREAM
from reviewlab.data.tables.writers import (
    CsvWriter,
    JsonWriter,
    ParquetWriter,
    TableWriter,
    TsvWriter,
)
from reviewlab.exceptions import InputError
from reviewlab.runs.atomic import atomic_path

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
    """Open a table for writing, in a `with` block.

    The file appears at its path when the block ends. If the block raises an exception, an earlier
    file at this path stays as it was, and no other file is left behind. A pipe or a device is
    written to directly.

    Args:
        path: a file, or "-" for stdout.
        columns: names of the columns, in order.
        key: the option that names the file, for messages.
        format: format of stdout, or of a file without a known suffix.

    Raises:
        InputError: the file cannot be written.
    """
    name = str(path)
    new_writer, packing = _writer_for(name, key, format), packing_of(name)
    with _target(name, key) as stream:
        output = Output(stream, name, key)
        try:
            target = compress(output, packing) if packing else None
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
        other = "" if suffix in SUFFIXES and suffix != ".txt" else ", or set format (such as csv)"
        raise InputError(
            f"{key}: {path!r} must end in .csv, .tsv, .jsonl or .parquet (text files may be"
            f" compressed, such as .csv.gz){other}"
        )
    return writer


@contextmanager
def _target(name: str, key: str) -> Iterator[IO[bytes]]:
    final = Path(os.path.realpath(name))  # so that a link is not replaced by a file
    if name == STANDARD_STREAM:
        with product_stream() as stream:
            yield stream
    elif final.is_dir():
        raise InputError(f"{key}: {name!r} is a folder; give the path of a file to write")
    elif final.exists() and not final.is_file():
        with _refusing(name, key):
            stream = final.open("wb", buffering=0)
        with stream:
            yield stream
    else:
        with ExitStack() as stack:
            with _refusing(name, key):
                temporary = stack.enter_context(atomic_path(final))
                stream = stack.enter_context(temporary.open("wb", buffering=0))
            yield stream
            with _refusing(name, key):
                stack.close()


@contextmanager
def _refusing(name: str, key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_error(name, key, error) from None
