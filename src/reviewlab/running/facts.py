"""Facts about a run that are known before training."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from reviewlab.config.experiment import Experiment
from reviewlab.config.preflight import runs_on_cpu
from reviewlab.console.commands import shell_path
from reviewlab.data.module import DataModule
from reviewlab.exceptions import InputError
from reviewlab.overrides import replaced
from reviewlab.reporting.metric_table import SPLITS, baseline
from reviewlab.runs.files import read_json, readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.runs.result import RunFacts, read_result
from reviewlab.runs.validation import ValidationReviews, read_validation


class Inherited(NamedTuple):
    """The overrides of a run so far, and how often it has used the test set."""

    overrides: list[str]
    test_uses: int


def run_facts(
    experiment: Experiment, overrides: Sequence[str], folder: RunFolder, data: DataModule
) -> RunFacts:
    """Collect a run's ids, its data's fingerprint and its majority baseline.

    Args:
        experiment: the experiment to train.
        overrides: the overrides of this command line.
        folder: the run folder; the run may have been started before.
        data: the prepared data.

    Raises:
        InputError: the data or their split have changed since the run began.
    """
    config = experiment.as_config()
    fingerprint = data.fingerprint()
    majority = int(np.bincount(data.corpus("train").labels).argmax())
    inherited = inherited_facts(folder, overrides, fingerprint, test=experiment.test)
    refuse_other_split(folder, data)
    return RunFacts(
        run_id=run_id(config, fingerprint),
        configuration_id=configuration_id(config, fingerprint),
        seed=experiment.seed,
        monitor=experiment.monitor,
        mode=experiment.mode,
        data_fingerprint=fingerprint,
        label_names=list(data.classes.names),
        majority_label=data.classes.names[majority],
        majority_baseline=majority_baseline(data, majority, test=experiment.test),
        overrides=inherited.overrides,
        test_uses=inherited.test_uses,
    )


def inherited_facts(
    folder: RunFolder, overrides: Sequence[str], data_fingerprint: str, test: bool
) -> Inherited:
    """Merge a run's earlier and new overrides, and count the run's uses of the test set.

    Args:
        folder: the run folder; a new folder has nothing to inherit.
        overrides: the overrides of this command line, which replace earlier ones.
        data_fingerprint: the data's current fingerprint.
        test: True if this run uses the test set once more.

    Raises:
        InputError: the data have changed since the run began, or a file is damaged.
    """
    before, result = folder.path / "provenance.json", folder.path / "result.json"
    with readable(before):
        origin = read_json(before) if before.exists() else {"overrides": []}
        merged = replaced(origin["overrides"], overrides)
        fingerprint_before = origin.get("data_fingerprint", data_fingerprint)
    with readable(result):
        uses = read_result(folder.path)["test_uses"] if result.exists() else 0
    if fingerprint_before != data_fingerprint:
        raise InputError(
            f"resume: the data of {str(folder.path)!r} have changed since it began; restore the "
            "original data, or start a new run"
        )
    return Inherited(merged, uses + int(test))


def refuse_other_split(folder: RunFolder, data: DataModule) -> None:
    """Refuse to resume a run if this version of reviewlab draws different validation reviews.

    The run id does not depend on the version, but the predictions in a run folder list the run's
    validation reviews. A run without predictions has not finished an epoch, or was started by a
    version that did not save them.

    Raises:
        InputError: the run has held out different reviews.
    """
    try:
        before = read_validation(folder.path).reviews
    except InputError:  # missing or damaged; the next best epoch writes them again
        return
    corpus = data.corpus("validation")
    now = ValidationReviews(corpus.labels, corpus.places, corpus.groups)
    if not now.first(len(before.labels)).equals(before):
        raise InputError(
            f"resume: the validation reviews of {str(folder.path)!r} are drawn differently by this "
            f"version of reviewlab; start a new run with rerun={shell_path(folder.path)}"
        )


def describe_device(experiment: Experiment) -> str:
    """Describe the device that the run computes on."""
    if runs_on_cpu(experiment.trainer):
        return f"cpu, {experiment.threads} threads"
    return torch.cuda.get_device_name()


def majority_baseline(data: DataModule, majority: int, test: bool) -> dict[str, dict[str, float]]:
    """Map each split to the metrics of a baseline that always predicts the class `majority`.

    Args:
        data: the prepared data.
        majority: the most frequent class of the training split.
        test: True if the test split may be used.
    """
    splits = [s for s in SPLITS if data.has(s) and (s != "test" or test)]
    return {
        SPLITS[split]: baseline(data.corpus(split).labels, majority, *data.classes)
        for split in splits
    }
