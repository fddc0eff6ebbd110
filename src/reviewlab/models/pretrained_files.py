"""The files of a pretrained encoder: its configuration, its weights, and a digest of both."""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from reviewlab.exceptions import InputError, first_line
from reviewlab.text.hugging_face import find_file, open_folder, read_object

KEY = "model.source"
CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"
PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "model.pt", "model.bin")

UNREAD = frozenset(
    {"architectures", "_name_or_path", "transformers_version", "dtype", "torch_dtype"}
    | {"id2label", "label2id", "problem_type", "use_cache", "gradient_checkpointing"}
)
"""Keys of `config.json` that do not affect the encoder, or that our own settings replace."""

OLD_NAMES = {".gamma": ".weight", ".beta": ".bias"}
"""Suffixes of parameter names: those of the first published models, mapped to today's."""


def read_architecture(source: str) -> dict[str, Any]:
    """Read the encoder's architecture from its `config.json`.

    Raises:
        InputError: the file is missing, does not describe an encoder, or needs its own code.
    """
    path = find_file(open_folder(source, KEY), CONFIG, source, KEY)
    content = read_object(path, KEY)
    if "auto_map" in content:
        raise InputError(
            f"{KEY}: {source!r} would run its own code (auto_map in its {CONFIG}); allowed: "
            "architectures that are part of the transformers library"
        )
    if not isinstance(content.get("model_type"), str):
        raise InputError(f"{KEY}: {source!r} has a {CONFIG} without a model_type")
    if content.get("is_encoder_decoder"):
        raise InputError(
            f"{KEY}: {source!r} has an encoder and a decoder ({content['model_type']}); allowed: "
            "encoders such as BERT"
        )
    return {name: value for name, value in content.items() if name not in UNREAD}


def digest_files(source: str) -> str:
    """Return a digest of the configuration and the weights, independent of their location.

    Raises:
        InputError: a file is missing.
    """
    folder = open_folder(source, KEY)
    files = [find_file(folder, CONFIG, source, KEY), *list_weights(source)]
    digests = (_digest(str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def check_digest(source: str, expected: str | None) -> str:
    """Return the digest of the source's files, and refuse files with an unexpected digest.

    Args:
        source: a folder or a hub id.
        expected: the digest recorded earlier; None if there is none yet.

    Raises:
        InputError: the files have changed.
    """
    digest = digest_files(source)
    if expected is not None and expected != digest:
        raise InputError(
            f"{KEY}: the files of {source!r} do not match model.digest={expected}; restore the "
            "original files, or start a new run with model.digest=null"
        )
    return digest


def list_weights(source: str) -> list[Path]:
    """Return the weight files: a single one, or those that an index names.

    Raises:
        InputError: there are only pickles, or no weights at all.
    """
    folder = open_folder(source, KEY)
    if (folder / INDEX).is_file():
        parts = read_object(folder / INDEX, KEY).get("weight_map")
        names = sorted({str(name) for name in parts.values()}) if isinstance(parts, dict) else []
        if not names or any(Path(name).name != name for name in names):
            raise InputError(
                f"{KEY}: {source!r} has a {INDEX} that names no files, or files in other folders"
            )
        return [find_file(folder, name, source, KEY) for name in names]
    pickled = [name for name in PICKLES if (folder / name).exists()]
    if pickled and not (folder / WEIGHTS).exists():
        raise InputError(
            f"{KEY}: {source!r} stores its weights as a pickle ({pickled[0]}), which could run "
            f"code; allowed: {WEIGHTS}, which save_pretrained writes"
        )
    return [find_file(folder, WEIGHTS, source, KEY)]


def read_weights(source: str, names: Iterable[str], prefix: str) -> dict[str, Tensor]:
    """Read weights by name.

    Args:
        source: a folder or a hub id.
        names: names of the encoder's parameters and buffers.
        prefix: a prefix that names may have in the file, such as `bert` in `bert.embeddings...`.

    Raises:
        InputError: a weight is missing or holds NaN, or a file cannot be read.
    """
    stored = _plain_names(_read_all(source), prefix)
    weights = {name: stored[name] for name in names if name in stored}
    missing = [name for name in names if name not in weights]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise InputError(f"{KEY}: {source!r} lacks weights: {missing[0]}{more}")
    for name, weight in weights.items():
        if weight.is_floating_point() and not torch.isfinite(weight).all():
            raise InputError(f"{KEY}: {source!r} has NaN or infinity among the weights of {name}")
    return weights


def _read_all(source: str) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    weights: dict[str, Tensor] = {}
    for file in list_weights(source):
        try:
            weights |= load_file(file)
        except Exception as error:  # a damaged file can fail in any way
            raise InputError(
                f"{KEY}: {str(file)!r} cannot be read ({first_line(error)})"
            ) from error
    return weights


def _plain_names(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return weights under the names that they have in the encoder."""
    plain = {}
    for name, weight in weights.items():
        short = name.removeprefix(f"{prefix}.")
        for old, new in OLD_NAMES.items():
            short = f"{short.removesuffix(old)}{new}" if short.endswith(old) else short
        plain[short] = weight
    return plain


@functools.cache
def _digest(file: str, changed: int, size: int) -> str:
    # Each job of a sweep needs it, so a file is read again only if its time or size has changed.
    with Path(file).open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
