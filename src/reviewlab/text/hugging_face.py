"""Folders of pretrained models in Hugging Face's layout, on this machine or from the hub."""

import re
from pathlib import Path
from typing import Any

from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.files import read_json

FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "model-*-of-*.safetensors",
)
"""Patterns of the files that are downloaded: no pickle and no code is among them."""

HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")

WAYS = "a folder in Hugging Face's layout, or the id of a model on its hub"


def open_folder(source: str | None, key: str) -> Path:
    """Return the folder of a pretrained model; one of the hub is downloaded once.

    Args:
        source: the folder, or an id of the hub.
        key: the option that names it.

    Raises:
        InputError: there is no such folder, and the hub does not give it.
    """
    if source is None:
        raise InputError(f"{key}: null is not allowed; allowed: {WAYS}")
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise InputError(f"{key}: {source!r} is a file; allowed: {WAYS}")
    if not HUB_ID.fullmatch(source):
        raise InputError(f"{key}: {source!r} does not exist; allowed: {WAYS}")
    return _download(source, key)


def find_file(folder: Path, name: str, source: object, key: str) -> Path:
    """Return the path of a file that the model cannot do without.

    Args:
        folder: from `open_folder`.
        name: of the file.
        source: what the person named, for the message.
        key: the option that names it.

    Raises:
        InputError: the folder has no such file.
    """
    if not (folder / name).is_file():
        raise InputError(f"{key}: {str(source)!r} has no {name}; allowed: {WAYS}")
    return folder / name


def read_object(path: Path, key: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises:
        InputError: it holds anything else, or cannot be read.
    """
    try:
        content = read_json(path)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{key}: {str(path)!r} cannot be read ({first_line(error)})") from error
    if not isinstance(content, dict):
        raise InputError(f"{key}: {str(path)!r} does not hold a JSON object")
    return content


def _download(source: str, key: str) -> Path:
    """Return the folder of an earlier download, or download it now."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(source, allow_patterns=[*FILES], local_files_only=True))
        if {"config.json", "tokenizer.json"} <= {path.name for path in folder.iterdir()}:
            return folder
    except Exception:  # noqa: S110  whatever is wrong with what is there, the hub may have it whole
        pass
    try:
        return Path(snapshot_download(source, allow_patterns=[*FILES]))
    except Exception as error:  # whatever the network, the hub and its library may raise
        raise InputError(
            f"{key}: {source!r} is no local folder and cannot be had from the Hugging Face hub"
            f" ({first_line(error)}); allowed: {WAYS}"
        ) from error
