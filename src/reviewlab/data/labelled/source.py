"""Sources of labelled texts: a file, a folder of files, or a data set of `datasets`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from reviewlab.data.file_facts import digest_files
from reviewlab.data.hub import HUB_ID
from reviewlab.data.labelled.dataset import (
    class_names,
    digest_hub,
    is_saved,
    name_classes,
    read_hub,
    read_saved,
)
from reviewlab.data.labelled.folder import FolderFiles, files_of_folder
from reviewlab.data.labelled.pieces import Piece, refuse_other_columns, with_note_on_left_out
from reviewlab.data.tables import format_of, is_table, read_table
from reviewlab.exceptions import InputError

FORMS = (
    "a file such as reviews.csv, a folder of such files, a folder saved by datasets, or the id of a"
    " data set on the Hugging Face hub"
)
"""The kinds of sources, for messages."""


class Source(NamedTuple):
    """Functions that read labelled texts from one source, and compute their digest."""

    read: Callable[[], list[Piece]]
    fingerprint: Callable[[], str]


def open_source(name: str, key: str, encoding: str | None, cache: Path) -> Source:
    """Return the source that a path or hub id refers to, without reading it.

    Args:
        name: a path, or the id of a data set.
        key: the option that names the source, for messages.
        encoding: encoding of the source's text files; None to detect it.
        cache: the cache folder.

    Raises:
        InputError: the source is not one of `FORMS`.
    """
    path = Path(name).expanduser()
    if path.is_dir():
        return _open_folder(path, key, encoding, cache)
    if path.exists():
        if not is_table(path):
            format_of(str(path), key)  # raises an error that lists the supported files
        return _open_files(FolderFiles({None: [path]}, []), key, encoding, cache)
    if HUB_ID.fullmatch(name) and not is_table(path):
        return Source(partial(read_hub, name, key), partial(digest_hub, name, key, cache))
    raise InputError(f"{key}: {name!r} does not exist; give {FORMS}")


def _open_folder(folder: Path, key: str, encoding: str | None, cache: Path) -> Source:
    if not is_saved(folder):
        return _open_files(files_of_folder(folder, key), key, encoding, cache)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return Source(partial(read_saved, folder, key), partial(digest_files, files, folder, cache))


def _open_files(files: FolderFiles, key: str, encoding: str | None, cache: Path) -> Source:
    def read() -> list[Piece]:
        pieces = [
            _read_file(file, split, key, encoding)
            for split, parts in files.splits.items()
            for file in parts
        ]
        refuse_other_columns(pieces)
        left_out = [file.name for file in files.left_out]
        return with_note_on_left_out(pieces, left_out)

    def fingerprint() -> str:
        digests = {split: digest_files(parts, None, cache) for split, parts in files.splits.items()}
        return " ".join(f"{split or ''}{digest}" for split, digest in digests.items())

    return Source(read, fingerprint)


def _read_file(file: Path, split: str | None, key: str, encoding: str | None) -> Piece:
    table = read_table(file, key, encoding=encoding)
    if format_of(str(file), key) not in ("parquet", "arrow"):
        return Piece(key, str(file), split, table.columns, table.lines, "line", table.notes)
    columns = name_classes(table.columns, class_names(file))
    return Piece(key, str(file), split, columns, table.lines, "row", table.notes)


def read_pieces(sources: Mapping[str, Source], split_column: str | None) -> list[Piece]:
    """Read the rows of all sources.

    Args:
        sources: maps each option that names a source to the source; `data.source` comes first.
        split_column: column of `data.source` that names each row's split; None if there is none.

    Raises:
        InputError: a split is given twice.
    """
    pieces = sources["data.source"].read()
    given = {piece.split for piece in pieces if piece.split is not None}
    if given and split_column is not None:
        raise InputError(
            f"data.split_column: {split_column!r} is not needed, since {pieces[0].name!r} already"
            f" has the splits {', '.join(sorted(given))}; allowed: null"
        )
    for key, source in sources.items():
        if key != "data.source":
            split = key.removeprefix("data.").removesuffix("_source")
            if split in given:
                raise InputError(
                    f"{key}: is not needed, since {pieces[0].name!r} already has {split} reviews;"
                    " allowed: null"
                )
            pieces += [_as_split(piece, split) for piece in source.read()]
    return pieces


def _as_split(piece: Piece, split: str) -> Piece:
    if piece.split is not None:
        raise InputError(
            f"{piece.key}: {piece.name!r} is divided into splits; give a file that has only the"
            f" {split} reviews"
        )
    return replace(piece, split=split)
