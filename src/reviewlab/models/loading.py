"""Load a classifier from a checkpoint file alone, or from an exported folder."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import Field, ValidationError
from torch import Tensor

from reviewlab.exceptions import InputError, first_line, short_repr
from reviewlab.models.building import Architecture, Builder, Member
from reviewlab.models.classifier import CHECKPOINT_VERSION, ReviewClassifier
from reviewlab.models.ensemble import EnsembleClassifier
from reviewlab.models.exported import WEIGHTS, Checkpoint, read_parts
from reviewlab.models.limits import refuse_weights
from reviewlab.nn.objectives import Arguments
from reviewlab.runs.archive import DAMAGED, check_archive, refuse
from reviewlab.runs.folder import is_exported
from reviewlab.runs.identity import Config
from reviewlab.runs.plain import count_values, refuse_unusual
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.joined import JoinedTextEncoder
from reviewlab.text.state import from_state


class Description(Architecture):
    """The part of a checkpoint that `ReviewClassifier.on_save_checkpoint` adds to the weights."""

    version: int
    text_encoder: dict[str, Any] | None
    label_names: list[str]
    config: Config
    ordinal: bool = True  # older checkpoints do not have it
    members: list[Member] = Field(default_factory=list)  # only for an ensemble


def load_classifier(path: str | Path, finite: bool = True) -> ReviewClassifier:
    """Load a classifier with its text encoder, on the CPU and in evaluation mode.

    No code in the file is run. The file holds only plain values and tensors. All classes that are
    built from them belong to reviewlab or to packages that declare themselves as its plugins.

    Args:
        path: a .ckpt file, or a folder that `reviewlab export` wrote.
        finite: True to refuse weights that hold NaN or infinity, which predict nothing.

    Raises:
        InputError: the file is missing, incomplete, damaged, not a checkpoint of reviewlab, would
            have to run code, or describes a classifier that its weights do not fit.
    """
    checkpoint = read_checkpoint(path)
    description = _describe(path, checkpoint)
    weights, arguments = checkpoint["state_dict"], checkpoint["hyper_parameters"]
    text_encoder = _text_encoder(path, description)
    builder = Builder(path, weights, description.label_names)
    classifier = builder.build(description, arguments, description.members)
    _check_texts(path, classifier, text_encoder, arguments, description.members)
    _fill(path, classifier, weights)
    if finite:
        _refuse_non_finite(path, classifier)
    classifier.describe(
        text_encoder, description.label_names, description.config, description.ordinal
    )
    return classifier.eval()


def read_checkpoint(path: str | Path) -> Checkpoint:
    """Read the plain values and tensors of a checkpoint onto the CPU, without running code in it.

    Args:
        path: a .ckpt file, or a folder that `reviewlab export` wrote.

    Raises:
        InputError: the file is missing, damaged, not a checkpoint of reviewlab, or would have to
            run code.
    """
    exported = bool(str(path)) and is_exported(Path(path))
    checkpoint = _read_exported(path) if exported else _read_archive(path)
    try:
        count_values(checkpoint)
    except ValueError as error:
        refuse(path, f"is damaged: {error}")
    return checkpoint


def _read_archive(path: str | Path) -> Checkpoint:
    check_archive(path)
    try:
        with warnings.catch_warnings(action="ignore"):  # about pickles that torch did not write
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can fail in any way
        refuse(path, _why_unreadable(error))
    if not isinstance(checkpoint, dict) or not isinstance(checkpoint.get("reviewlab"), dict):
        refuse(path, "was not written by reviewlab: weights alone do not say how to encode texts")
    return checkpoint


def _read_exported(path: str | Path) -> Checkpoint:
    try:
        return read_parts(Path(path))
    except InputError:
        raise
    except Exception as error:  # a damaged file can fail in any way
        refuse(path, f"has a damaged or missing file ({first_line(error)})")


def _why_unreadable(error: Exception) -> str:
    code = re.search(r"GLOBAL (\S+)", str(error))
    if code:
        return f"would run code ({code[1]}); it was refused, and nothing in it was run"
    return DAMAGED


def _describe(path: str | Path, checkpoint: Checkpoint) -> Description:
    version = checkpoint["reviewlab"].get("version")
    if not isinstance(version, int) or version != CHECKPOINT_VERSION:
        found = short_repr(version)
        refuse(path, f"has version {found}; this reviewlab reads version {CHECKPOINT_VERSION}")
    for part in ("state_dict", "hyper_parameters"):
        if not isinstance(checkpoint.get(part), dict):
            refuse(path, f"has no {part}")
    try:
        refuse_weights(checkpoint["state_dict"], _size_of_weights(Path(path)))
        description = Description.model_validate(checkpoint["reviewlab"])
        for part in ("reviewlab", "hyper_parameters"):  # a tensor may pass for a number
            refuse_unusual(checkpoint[part])
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        refuse(path, f"is damaged: its {name} is not as reviewlab writes it ({first['msg']})")
    except ValueError as error:
        refuse(path, f"is damaged: {error}")
    if not isinstance(description.config.get("data", {}), dict):
        refuse(path, "is damaged: the key data of its config is not a mapping")
    return description


def _size_of_weights(path: Path) -> int:
    return (path / WEIGHTS if path.is_dir() else path).stat().st_size


def _text_encoder(path: str | Path, description: Description) -> TextEncoder | None:
    if description.text_encoder is None:
        return None
    try:
        return from_state(description.text_encoder)
    except Exception as error:
        refuse(path, f"has a text encoder that cannot be restored ({first_line(error)})")


def _check_texts(
    path: str | Path,
    classifier: ReviewClassifier,
    text_encoder: TextEncoder | None,
    arguments: Arguments,
    members: Sequence[Member],
) -> None:
    """Refuse a text encoder whose ids the classifier, or a member of it, cannot read.

    Args:
        path: the checkpoint.
        classifier: the classifier, with any weights.
        text_encoder: the text encoder; None if the checkpoint has none.
        arguments: the arguments of the classifier.
        members: the members of an ensemble.
    """
    if (text_encoder is None) != (classifier.inputs == "images"):
        has = "no text encoder" if text_encoder is None else "a text encoder"
        refuse(path, f"is damaged: {type(classifier).__name__} does not fit {has}")
    if text_encoder is None:
        return
    if not isinstance(classifier, EnsembleClassifier):
        _check_text(path, classifier, text_encoder, arguments)
        return
    encoders: Sequence[TextEncoder] = (text_encoder,)
    if isinstance(text_encoder, JoinedTextEncoder):
        encoders = text_encoder.encoders
    rows = zip(classifier.encoder.classifiers, members, arguments["texts"], strict=True)
    for built, member, number in rows:
        if number not in range(len(encoders)):
            refuse(path, f"is damaged: a member uses the text encoder {number!r}")
        _check_text(path, built, encoders[number], member.arguments)


def _check_text(
    path: str | Path, classifier: ReviewClassifier, text: TextEncoder, arguments: Arguments
) -> None:
    """Refuse a text encoder whose ids a classifier cannot read.

    Args:
        path: the checkpoint.
        classifier: the classifier.
        text: the text encoder that the classifier reads from.
        arguments: the arguments of the classifier.
    """
    if text.inputs != classifier.inputs or not isinstance(text, classifier.reads):
        kinds = type(classifier).__name__, type(text).__name__
        refuse(path, "is damaged: {} cannot read what {} produces".format(*kinds))
    ids = arguments.get("vocab_size", text.vocab_size)
    too_few = text.inputs == "ngrams" and text.vocab_size < ids  # they are columns of a matrix
    if text.vocab_size > ids or too_few:
        refuse(path, f"has a text encoder with {text.vocab_size} ids but weights for {ids}")
    longest = arguments.get("max_length")
    if longest is not None and (text.max_length is None or text.max_length > longest):
        length = "null" if text.max_length is None else text.max_length
        refuse(path, f"has a text encoder with max_length {length} but weights for {longest}")


def _fill(path: str | Path, classifier: ReviewClassifier, weights: dict[str, Tensor]) -> None:
    try:
        weights = classifier.complete(weights)
    except InputError as error:
        refuse(path, f"lacks the weights of its base, which cannot be read: {error}")
    try:
        classifier.load_state_dict(weights)
    except Exception as error:
        mismatch = (str(error).splitlines() or [""])[-1].strip()
        refuse(path, f"has weights that do not fit {type(classifier).__name__} ({mismatch})")


def _refuse_non_finite(path: str | Path, classifier: ReviewClassifier) -> None:
    for name, weight in classifier.state_dict().items():
        if weight.is_floating_point() and not torch.isfinite(weight).all():
            refuse(
                path,
                f"has NaN or infinity among the weights {name}, so it predicts nothing; allowed: a "
                "checkpoint of a training whose loss stayed finite (a smaller optimizer.lr helps)",
            )
