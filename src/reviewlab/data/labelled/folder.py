"""A folder of tables: its files, and the split of each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewlab.data.tables import is_table, suffix_of
from reviewlab.exceptions import InputError

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "val", "valid", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Words for splits in file names and columns -> the names that are used here."""


def split_of(word: str) -> str | None:
    """Return the split that a word such as `dev` stands for; None for any other word."""
    return SPLIT_WORDS.get(word.strip().lower())


_DESCRIPTION = "dataset_infos.json"
"""A file of the hub that describes the tables next to it."""


class FolderFiles(NamedTuple):
    """The tables of a folder, sorted by name.

    Attributes:
        splits: the files of each split; all files under None if no name begins with `train`.
        left_out: files that belong to no split.
    """

    splits: dict[str | None, list[Path]]
    left_out: list[Path]


def files_of_folder(folder: Path, key: str) -> FolderFiles:
    """Find the tables of a folder.

    If a file name begins with `train`, as in the folders of the hub, all files are assigned to
    splits by their names; otherwise they are parts of one table.

    Args:
        folder: a folder of tables, or one with a single subfolder of tables.
        key: the option that names the folder, for messages.

    Raises:
        InputError: there is no table, or there are tables of several formats.
    """
    files = _tables(_place_of_tables(folder, key))
    kinds = {suffix_of(file.name): file for file in files}
    if len(kinds) > 1:
        names = " and ".join(repr(file.name) for file in kinds.values())
        raise InputError(
            f"{key}: {str(folder)!r} contains tables of several formats, such as {names}; give one"
            " of the files, or a folder with files of one format"
        )
    splits = {file: split_of(re.split(r"[^A-Za-z]", file.name)[0]) for file in files}
    if "train" not in splits.values():
        return FolderFiles({None: files}, [])
    by_split: dict[str | None, list[Path]] = {}
    for file, split in splits.items():
        by_split.setdefault(split, []).append(file)
    left_out = by_split.pop(None, [])
    return FolderFiles(by_split, left_out)


def _tables(folder: Path) -> list[Path]:
    paths = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted(
        path for path in paths if path.is_file() and is_table(path) and path.name != _DESCRIPTION
    )


def _place_of_tables(folder: Path, key: str) -> Path:
    """Return the folder that contains the tables: `folder`, or its only subfolder of tables."""
    if _tables(folder):
        return folder
    places = [*_folders_with_tables(folder)]
    if len(places) == 1:
        return places[0]
    if places:
        names = ", ".join(repr(str(place)) for place in places)
        raise InputError(
            f"{key}: {str(folder)!r} contains several folders of tables; give one of {names}"
        )
    raise InputError(
        f"{key}: {str(folder)!r} contains no table; give a folder of files such as reviews.csv,"
        " reviews.jsonl or reviews.parquet"
    )


def _folders_with_tables(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and _tables(path):
            yield path
