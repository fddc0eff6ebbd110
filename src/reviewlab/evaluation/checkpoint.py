"""Open a checkpoint together with the data to measure it on."""

import copy
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reviewlab import dotted
from reviewlab.config.bind import bind
from reviewlab.config.hydra_errors import explain_unknown_key
from reviewlab.config.options import DataChoice
from reviewlab.config.part import Part, as_config
from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.data.module import DataModule
from reviewlab.evaluation.options import CheckpointOptions, Decision, Split, refuse_missing
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.reporting.metric_table import SPLITS

NO_SPLIT = {
    *("source", "cache_dir", "text", "fit_on", "seed"),
    *("batch_size", "eval_batch_size", "bucket_by_length", "balanced"),
}
"""Settings shared by all data sets that do not change which split a review is in."""

HELD_OUT_SOURCES = {"validation_source", "test_source"}
"""Options that name files of held-out reviews; the fingerprint covers the files' content."""


@dataclass(frozen=True)
class DataNode:
    """A config that has only the node `data`."""

    data: Part[DataModule]


class OpenCheckpoint(NamedTuple):
    """A classifier, and data encoded by its text encoder.

    Attributes:
        classifier: the classifier, on its device.
        data: the data, prepared.
        data_part: config of `data`: the class and arguments that it was built from.
        as_trained: True if each review is in the same split as in training, and classes are
            predicted by the same decision rule.
    """

    classifier: ReviewClassifier
    data: DataModule
    data_part: Part[DataModule]
    as_trained: bool


def open_checkpoint(options: CheckpointOptions, choice: DataChoice) -> OpenCheckpoint:
    """Load a checkpoint, and encode the data to measure it on.

    Prints a warning if the data are split differently than in training.

    Args:
        options: the checkpoint, the split and the device.
        choice: the data to use, by default the training data, and changes to their settings.

    Raises:
        InputError: the checkpoint cannot be loaded, or does not fit these data.
    """
    classifier = load_checkpoint(options.checkpoint, options.device, options.threads)
    decided_as_trained = decide_by(classifier, options.decision)
    tidy_up_on_interrupt()
    trained_on = classifier.config.get("data", {})
    config = with_changes(choice.config or trained_on, choice.changes)
    part = bind({"data": config}, DataNode).data
    data = encode_for(classifier, part.build(), options.split)
    sys.stderr.write(_split_warning(options.split, data, as_config(part), trained_on))
    as_trained = decided_as_trained and same_split(as_config(part), trained_on)
    return OpenCheckpoint(classifier, data, part, as_trained)


def open_with_training_data(checkpoint: Path, split: Split) -> OpenCheckpoint:
    """Open a run's checkpoint with the run's own data, on one CPU thread."""
    return open_checkpoint(CheckpointOptions(str(checkpoint), split), DataChoice(None, {}))


def load_checkpoint(checkpoint: str | None, device: str, threads: int) -> ReviewClassifier:
    """Load a classifier onto a device, and set the number of CPU threads.

    Args:
        checkpoint: a .ckpt file; None raises an InputError that asks for one.
        device: `cpu` or `cuda`.
        threads: number of CPU threads that the whole process uses.
    """
    checkpoint = refuse_missing(checkpoint)
    import torch

    torch.set_num_threads(threads)
    return load_onto(checkpoint, device)


def load_onto(checkpoint: str, device: str) -> ReviewClassifier:
    """Load a classifier from a .ckpt file onto `cpu` or `cuda`.

    Raises:
        InputError: the file cannot be loaded, or there is no such device.
    """
    import torch

    from reviewlab.models.loading import load_classifier

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device: 'cuda' is not available on this machine; allowed: cpu")
    return load_classifier(checkpoint).to(device)


def decide_by(classifier: ReviewClassifier, decision: Decision | None) -> bool:
    """Set the rule that chooses the predicted class; None keeps the rule used in training.

    Returns:
        True if the rule is the one used in training.

    Raises:
        InputError: the classifier supports only one rule.
    """
    if decision is None:
        return True
    objective = classifier.objective
    of_training = objective.arguments.get("decision")
    objective.decide_by(decision, classifier.ordinal)
    return decision == of_training


def name_decision(decision: str | None) -> str:
    """Return a suffix for headlines, such as ", predicted by the median"; empty for `mode`."""
    return "" if decision in (None, "mode") else f", predicted by the {decision}"


def with_changes(config: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a data config with `changes` applied, which maps dotted keys to values.

    Raises:
        InputError: the config has no such key.
    """
    root = {"data": copy.deepcopy(dict(config))}
    keys = dotted.keys(root)
    for key, value in changes.items():
        if key not in keys:
            raise InputError(explain_unknown_key(key, keys))
        dotted.put(root, key, value)
    return root["data"]


def encode_for(classifier: ReviewClassifier, data: DataModule, split: str) -> DataModule:
    """Encode `data` with the classifier's text encoder, and return `data`.

    Args:
        classifier: the classifier, which provides the text encoder and the order of the labels.
        data: the data, not yet prepared.
        split: the split that the data must have.

    Raises:
        InputError: there is no such split, or the labels differ from the classifier's.
    """
    data.use_classes(classifier.label_names)
    reads_texts = classifier.inputs != "images"
    data.use_text_encoder(classifier.text_encoder if reads_texts else None)
    data.prepare()
    if not data.has(split):
        there = ", ".join(name for name in SPLITS if data.has(name))
        raise InputError(f"split: {split!r} does not exist in these data; allowed: {there}")
    return data


def same_split(config: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return True if two configs of the same source put every review in the same split."""
    return _splitting(config) == _splitting(other)


def _splitting(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings that determine the splits; a null `split_seed` becomes the run's seed."""
    left_out = NO_SPLIT | HELD_OUT_SOURCES
    settings = {key: value for key, value in config.items() if key not in left_out}
    if "split_seed" in settings and settings["split_seed"] is None:
        settings["split_seed"] = config.get("seed")
    # An older checkpoint lacks the options that were added later; null leaves the split as it was.
    return {key: value for key, value in settings.items() if value is not None}


def _split_warning(
    split: str, data: DataModule, config: Mapping[str, Any], trained_on: Mapping[str, Any]
) -> str:
    """Return a warning, or an empty string if the reviews are split as they were in training.

    No warning is needed for a source other than in training, for the training split itself, and for
    the source's official test set, which no setting changes.

    Args:
        split: the split to measure.
        data: the data to measure, prepared.
        config: the config of these data.
        trained_on: the config of the data used in training.
    """
    official = split == "test" and "test" not in config
    if split == "train" or official or same_split(config, trained_on):
        return ""
    try:  # the source used in training may have been moved or deleted
        trained = bind({"data": trained_on}, DataNode).data.build()
        if trained.fingerprint() != data.fingerprint():
            return ""
    except InputError:
        return ""
    now, before = _splitting(config), _splitting(trained_on)
    moved = (key for key in now if now[key] != before.get(key))
    return (
        f"warning: {', '.join(f'data.{key}={now[key]}' for key in moved)} splits the reviews "
        "differently than in training; the model may have been trained on some of these reviews\n"
    )
