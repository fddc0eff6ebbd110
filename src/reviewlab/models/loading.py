"""Load a classifier from a checkpoint file alone."""

import pkgutil
import re
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor

import reviewlab.models
import reviewlab.nn.objectives
from reviewlab.exceptions import InputError, first_line
from reviewlab.models.classifier import CHECKPOINT_VERSION, ReviewClassifier
from reviewlab.nn.objectives import Arguments, Objective
from reviewlab.plugins import find_class, own_class
from reviewlab.runs.identity import Config
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder
from reviewlab.text.state import from_state

Checkpoint = dict[str, Any]
"""The content of a checkpoint: Lightning's state, and our own part under `reviewlab`."""


class Architecture(BaseModel):
    """The class names of a classifier and its objective, and the arguments of the objective."""

    model_config = ConfigDict(strict=True)

    classifier: str
    objective: str
    objective_arguments: Arguments


class Member(Architecture):
    """A classifier in an ensemble, with its arguments."""

    arguments: Arguments


class Description(Architecture):
    """The part of a checkpoint that `ReviewClassifier.on_save_checkpoint` adds to the weights."""

    version: int
    text_encoder: dict[str, Any]
    label_names: list[str]
    config: Config
    ordinal: bool = True  # older checkpoints do not have it
    members: list[Member] = []  # only for an ensemble


def load_classifier(path: str | Path) -> ReviewClassifier:
    """Load a classifier with its text encoder, on the CPU and in evaluation mode.

    No code in the file is run. The file holds only plain values and tensors. All classes that are
    built from them belong to reviewlab or to packages that declare themselves as its plugins.

    Raises:
        InputError: the file is missing, incomplete, not a checkpoint of reviewlab, or would have to
            run code.
    """
    checkpoint = _read(path)
    description = _describe(path, checkpoint)
    arguments, labels = checkpoint["hyper_parameters"], description.label_names
    members = [_build_classifier(path, one, one.arguments, labels) for one in description.members]
    if members:
        arguments = {**arguments, "members": members}
    classifier = _build_classifier(path, description, arguments, labels)
    _fill(path, classifier, checkpoint["state_dict"])
    text_encoder = _text_encoder(path, description, checkpoint)
    classifier.describe(
        text_encoder, description.label_names, description.config, description.ordinal
    )
    return classifier.eval()


def _read(path: str | Path) -> Checkpoint:
    if not str(path):  # a shell variable that is not set
        _refuse(path, "is not allowed; allowed: the .ckpt file of a run")
    file = Path(path)
    if file.is_dir():
        _refuse(path, "is a folder; name a .ckpt file in it, such as checkpoints/best.ckpt")
    try:
        with file.open("rb") as stream:
            signature = stream.read(2)
    except FileNotFoundError:
        _refuse(path, "does not exist")
    except OSError as error:
        _refuse(path, f"cannot be read: {error.strerror}")
    if not signature:
        _refuse(path, "is empty")
    if signature == b"PK" and not zipfile.is_zipfile(file):
        _refuse(path, "is truncated: its end is missing")
    try:
        with warnings.catch_warnings(action="ignore"):  # about pickles that torch did not write
            checkpoint = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can fail in any way
        _refuse(path, _why_unreadable(error))
    if not isinstance(checkpoint, dict) or not isinstance(checkpoint.get("reviewlab"), dict):
        _refuse(path, "was not written by reviewlab: weights alone do not say how to encode texts")
    return checkpoint


def _why_unreadable(error: Exception) -> str:
    code = re.search(r"GLOBAL (\S+)", str(error))
    if code:
        return f"would run code ({code[1]}); it was refused, and nothing in it was run"
    return "is damaged or not a checkpoint; nothing in it was run"


def _describe(path: str | Path, checkpoint: Checkpoint) -> Description:
    version = checkpoint["reviewlab"].get("version")
    if version != CHECKPOINT_VERSION:
        _refuse(path, f"has version {version}; this reviewlab reads version {CHECKPOINT_VERSION}")
    for part in ("state_dict", "hyper_parameters"):
        if not isinstance(checkpoint.get(part), dict):
            _refuse(path, f"has no {part}")
    try:
        return Description.model_validate(checkpoint["reviewlab"])
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        _refuse(path, f"is damaged: its {name} is not as reviewlab writes it ({first['msg']})")


def _build_classifier(
    path: str | Path, architecture: Architecture, arguments: Arguments, labels: Sequence[str]
) -> ReviewClassifier:
    objective_class, classifier_class = _find_classes(path, architecture, labels)
    objective = _build(path, objective_class, architecture.objective_arguments)
    arguments = {**arguments, "objective": objective}
    classifier: ReviewClassifier = _build(path, classifier_class, arguments)
    return classifier


def _find_classes(
    path: str | Path, architecture: Architecture, labels: Sequence[str]
) -> tuple[Any, Any]:
    objective, classifier = architecture.objective, architecture.classifier
    if "." in objective:
        objective_class = _plugin_class(path, Objective, objective)
    else:
        objective_class = _class_in(reviewlab.nn.objectives, Objective, objective)
    if objective_class is None:
        _refuse(path, f"needs the objective {objective!r}, which this reviewlab does not have")
    if "." in classifier:
        classifier_class = _plugin_class(path, ReviewClassifier, classifier)
    else:
        classifier_class = _class_in(reviewlab.models, ReviewClassifier, classifier)
    if classifier_class is None:
        _refuse(path, f"needs the classifier {classifier!r}, which this reviewlab does not have")
    classes = architecture.objective_arguments.get("num_classes")
    if classes != len(labels):
        _refuse(path, f"is damaged: {classes} classes and {len(labels)} label names")
    return objective_class, classifier_class


def _class_in(package: ModuleType, base: type, name: str) -> Any:
    # It has to be defined in a module of the package, and not only imported there.
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    candidates = (own_class(f"{package.__name__}.{module}", base, name) for module in modules)
    return next((candidate for candidate in candidates if candidate is not None), None)


def _plugin_class(path: str | Path, base: type, name: str) -> Any:
    # Only modules that an installed package declares are imported.
    try:
        return find_class(name, base)
    except InputError as error:
        _refuse(path, str(error))


def _build(path: str | Path, kind: Any, arguments: Arguments) -> Any:
    try:
        return kind(**arguments)
    except Exception as error:  # arguments of another version can break a constructor anywhere
        reason = first_line(error)
        _refuse(path, f"has arguments that {kind.__name__} does not accept ({reason})")


def _fill(path: str | Path, classifier: ReviewClassifier, weights: dict[str, Tensor]) -> None:
    try:
        weights = classifier.complete(weights)
    except InputError as error:
        _refuse(path, f"lacks the weights of its base, which cannot be read: {error}")
    try:
        classifier.load_state_dict(weights)
    except Exception as error:
        mismatch = (str(error).splitlines() or [""])[-1].strip()
        _refuse(path, f"has weights that do not fit {type(classifier).__name__} ({mismatch})")


def _text_encoder(
    path: str | Path, description: Description, checkpoint: Checkpoint
) -> TextEncoder:
    try:
        text_encoder = from_state(description.text_encoder)
    except Exception as error:
        _refuse(path, f"has a text encoder that cannot be restored ({first_line(error)})")
    arguments = checkpoint["hyper_parameters"]
    _refuse_unknown_ids(path, arguments, text_encoder)
    encoders: tuple[TextEncoder, ...] = (text_encoder,)
    if isinstance(text_encoder, JoinedTextEncoder):
        encoders = text_encoder.encoders
    for member, number in zip(description.members, arguments.get("texts", ()), strict=False):
        if number not in range(len(encoders)):
            _refuse(path, f"is damaged: a member uses the text encoder {number!r}")
        _refuse_unknown_ids(path, member.arguments, encoders[number])
    return text_encoder


def _refuse_unknown_ids(path: str | Path, arguments: Arguments, text_encoder: TextEncoder) -> None:
    vocab_size = arguments.get("vocab_size", text_encoder.vocab_size)
    if text_encoder.vocab_size > vocab_size:
        _refuse(
            path,
            f"has a text encoder with {text_encoder.vocab_size} ids but weights for {vocab_size}",
        )


def _refuse(path: str | Path, problem: str) -> NoReturn:
    raise InputError(f"checkpoint: {str(path)!r} {problem}")
