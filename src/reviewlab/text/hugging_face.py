"""Folders of pretrained models in Hugging Face's layout, local or downloaded from the hub."""

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
"""Patterns of the files to download: no pickles and no code."""

HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")

ALLOWED = "a folder in Hugging Face's layout, or the id of a model on its hub"


def open_folder(source: str | None, key: str) -> Path:
    """Return the folder of a pretrained model, downloaded from the hub if necessary.

    Args:
        source: a folder, or the id of a model on the hub.
        key: the option that names the model, for messages.

    Raises:
        InputError: there is no such folder, and no such model can be downloaded.
    """
    if source is None:
        raise InputError(f"{key}: null is not allowed; allowed: {ALLOWED}")
    folder = Path(source).expanduser()
    if folder.is_dir():
        return folder
    if folder.exists():
        raise InputError(f"{key}: {source!r} is a file; allowed: {ALLOWED}")
    if not HUB_ID.fullmatch(source):
        raise InputError(f"{key}: {source!r} does not exist; allowed: {ALLOWED}")
    return _download(source, key)


def find_file(folder: Path, name: str, source: object, key: str) -> Path:
    """Return the path of a required file of a model.

    Args:
        folder: folder of the model, from `open_folder`.
        name: name of the file.
        source: the model as the user named it, for the message.
        key: the option that names the model, for the message.

    Raises:
        InputError: the folder has no such file.
    """
    if not (folder / name).is_file():
        raise InputError(f"{key}: {str(source)!r} has no {name}; allowed: {ALLOWED}")
    return folder / name


def read_object(path: Path, key: str) -> dict[str, Any]:
    """Read a JSON file that contains an object.

    Raises:
        InputError: the file cannot be read, or does not contain an object.
    """
    try:
        content = read_json(path)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{key}: {str(path)!r} cannot be read ({first_line(error)})") from error
    if not isinstance(content, dict):
        raise InputError(f"{key}: {str(path)!r} does not contain a JSON object")
    return content


def _download(source: str, key: str) -> Path:
    """Return the folder of an earlier download, or download the model now."""
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(source, allow_patterns=[*FILES], local_files_only=True))
        if {"config.json", "tokenizer.json"} <= {path.name for path in folder.iterdir()}:
            return folder
    except Exception:  # noqa: S110  whatever is wrong with the local copy, a download may mend it
        pass
    try:
        return Path(snapshot_download(source, allow_patterns=[*FILES]))
    except Exception as error:  # the network, the hub and its library may raise anything
        raise InputError(
            f"{key}: {source!r} is not a local folder and cannot be downloaded from the Hugging"
            f" Face hub ({first_line(error)}); allowed: {ALLOWED}"
        ) from error
