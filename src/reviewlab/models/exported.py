"""A classifier as a folder: its weights in safetensors, and everything else as JSON."""

import json
from pathlib import Path
from typing import Any

from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.runs.files import is_regular, read_json, write_text
from reviewlab.runs.folder import TEXT_ENCODER

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
LABELS = "labels.json"

Checkpoint = dict[str, Any]
"""The content of a checkpoint: Lightning's state, and our own part under `reviewlab`."""


def make_checkpoint(classifier: ReviewClassifier) -> Checkpoint:
    """Return the content of a checkpoint that holds all weights, and no state of a training."""
    checkpoint: Checkpoint = {"state_dict": {}, "hyper_parameters": dict(classifier.hparams)}
    classifier.on_save_checkpoint(checkpoint)
    return {**checkpoint, "state_dict": classifier.state_dict()}


def write_parts(classifier: ReviewClassifier, folder: Path) -> None:
    """Write a classifier into an empty folder, from which `load_classifier` can load it."""
    from safetensors.torch import save_file

    checkpoint = make_checkpoint(classifier)
    described: dict[str, Any] = dict(checkpoint["reviewlab"])
    _write(folder / TEXT_ENCODER, described.pop("text_encoder"))
    _write(folder / LABELS, described.pop("label_names"))
    _write(folder / CONFIG, {**described, "arguments": checkpoint["hyper_parameters"]})
    # safetensors refuses tensors that share memory, as parts of one matrix may
    weights = {name: w.clone().contiguous() for name, w in checkpoint["state_dict"].items()}
    save_file(weights, folder / WEIGHTS, {"format": "pt"})


def read_parts(folder: Path) -> Checkpoint:
    """Read what `write_parts` wrote; it holds plain values and tensors, and never code.

    Raises:
        InputError: the package safetensors is not installed.
        Exception: a file is missing or damaged.
    """
    try:
        from safetensors.torch import load_file
    except ImportError as error:
        raise InputError(
            f"checkpoint: {str(folder)!r} needs safetensors, which is not installed: "
            "pip install 'reviewlab[export]'"
        ) from error
    described = dict(read_json(folder / CONFIG))
    described["text_encoder"] = read_json(folder / TEXT_ENCODER)
    described["label_names"] = read_json(folder / LABELS)
    if not is_regular(folder / WEIGHTS):  # a pipe would be waited for
        raise ValueError(f"{WEIGHTS} is not a regular file")
    return {
        "state_dict": load_file(folder / WEIGHTS),
        "hyper_parameters": described.pop("arguments"),
        "reviewlab": described,
    }


def _write(path: Path, value: Any) -> None:
    # ASCII, since the words of a vocabulary may contain lone surrogates, which UTF-8 cannot encode
    write_text(path, json.dumps(value, indent=2) + "\n")
