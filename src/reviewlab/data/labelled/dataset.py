"""Data sets of the `datasets` library: on the hub, or saved in a folder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.data.hub import load_dataset, recall_of_hub
from reviewlab.data.labelled.columns import Columns
from reviewlab.data.labelled.folder import split_of
from reviewlab.data.labelled.pieces import Piece, with_note_on_left_out
from reviewlab.exceptions import InputError, first_line

if TYPE_CHECKING:
    import pyarrow as pa

ClassNames = Mapping[str, Sequence[str]]
"""For each column of class numbers, the class names that the numbers are indices into."""


def is_saved(folder: Path) -> bool:
    """Test if a folder was written by `save_to_disk` of `datasets`."""
    return (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file()


def read_saved(folder: Path, key: str) -> list[Piece]:
    """Read a folder that was written by `save_to_disk`."""
    import datasets

    try:
        loaded = datasets.load_from_disk(str(folder))
    except Exception as error:  # two libraries may raise anything
        raise InputError(f"{key}: {str(folder)!r} cannot be read: {first_line(error)}") from error
    splits = loaded if isinstance(loaded, datasets.DatasetDict) else {None: loaded}
    return _pieces(splits, str(folder), key)


def read_hub(name: str, key: str) -> list[Piece]:
    """Read a data set from the hub, or from an earlier download."""
    return _pieces(load_dataset(name, key, "give a file or a folder"), name, key)


def digest_hub(name: str, key: str, cache: Path) -> str:
    """Return a digest of a hub data set's rows, computed once per cache folder.

    Args:
        name: id of the data set.
        key: the option that names the data set, for messages.
        cache: the cache folder.
    """

    def digest() -> str:
        content = hashlib.sha256()
        for piece in read_hub(name, key):
            content.update(json.dumps([piece.split, piece.columns], default=str).encode())
        return content.hexdigest()

    return str(recall_of_hub(name, "fingerprint of the table", digest, cache))


def class_names(file: Path) -> ClassNames:
    """Read the class names that `datasets` stores in parquet and arrow files."""
    try:
        described = json.loads((_schema(file).metadata or {})[b"huggingface"])
        features = described["info"]["features"].items()
        return {name: feature["names"] for name, feature in features if "names" in feature}
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def _schema(file: Path) -> "pa.Schema":
    import pyarrow as pa
    from pyarrow import ipc, parquet

    if file.suffix.lower() == ".parquet":
        return parquet.read_schema(file)
    with pa.memory_map(str(file)) as source:
        try:
            return ipc.open_file(source).schema
        except pa.ArrowInvalid:  # not an arrow file but an arrow stream
            source.seek(0)
            return ipc.open_stream(source).schema


def name_classes(columns: Columns, names: ClassNames) -> dict[str, list[Any]]:
    """Replace class numbers with class names; a number without a name becomes None."""
    return {
        column: [_class_name(v, names[column]) for v in values] if column in names else values
        for column, values in columns.items()
    }


def _class_name(value: Any, names: Sequence[str]) -> str | None:
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else None


def _pieces(splits: Mapping[Any, Any], name: str, key: str) -> list[Piece]:
    """Return the rows of every recognised split; if there is only one, it may have any name.

    Args:
        splits: maps each split's name to its `datasets` data set.
        name: folder or id of the data set, for messages.
        key: the option that names the data set, for messages.
    """
    if len(splits) == 1:
        return [_piece(next(iter(splits.values())), None, name, key)]
    named = {split: split_of(str(split)) for split in splits}
    if "train" not in named.values():
        raise InputError(f"{key}: {name!r} has no split 'train'; it has {', '.join(splits)}")
    pieces = [_piece(splits[own], split, name, key) for own, split in named.items() if split]
    return with_note_on_left_out(pieces, [own for own, split in named.items() if split is None])


def _piece(dataset: Any, split: str | None, name: str, key: str) -> Piece:
    names = {n: feature.names for n, feature in dataset.features.items() if _is_class(feature)}
    table = dataset.with_format("arrow")[:]
    columns = {column: table.column(column).to_pylist() for column in table.column_names}
    unit = "row" if split is None else f"{split} row"
    lines = range(1, len(dataset) + 1)
    return Piece(key, name, split, name_classes(columns, names), lines, unit)


def _is_class(feature: Any) -> bool:
    return type(feature).__name__ == "ClassLabel"
