"""Facts of a run besides what its training measures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from reviewlab.config.experiment import Experiment
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.exceptions import InputError
from reviewlab.overrides import replaced
from reviewlab.reporting.metric_table import SPLITS, baseline
from reviewlab.runs.files import read_json, readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.runs.result import RunFacts, read_result


class Inherited(NamedTuple):
    """Overrides of a resumed run so far, and how often it has seen the test set."""

    overrides: list[str]
    test_uses: int


def run_facts(
    experiment: Experiment, overrides: Sequence[str], folder: RunFolder, data: ReviewDataModule
) -> RunFacts:
    """Gather which experiment a run is, and what the simplest guess comes to on its data.

    Args:
        experiment: what will be trained.
        overrides: what the command line says about it.
        folder: of the run, which may have been begun before.
        data: already prepared.
    """
    config = experiment.as_config()
    fingerprint = data.fingerprint()
    commonest = int(np.bincount(data.corpus("train").labels).argmax())
    inherited = inherited_facts(folder, overrides, fingerprint, test=experiment.test)
    return RunFacts(
        run_id=run_id(config, fingerprint),
        configuration_id=configuration_id(config, fingerprint),
        seed=experiment.seed,
        monitor=experiment.monitor,
        mode=experiment.mode,
        data_fingerprint=fingerprint,
        label_names=list(data.classes.names),
        majority_label=data.classes.names[commonest],
        majority_baseline=majority_baseline(data, commonest, test=experiment.test),
        overrides=inherited.overrides,
        test_uses=inherited.test_uses,
    )


def inherited_facts(
    folder: RunFolder, overrides: Sequence[str], data_fingerprint: str, test: bool
) -> Inherited:
    """Read what a resumed run was told at first, and how often it saw the test set.

    Args:
        folder: of the run; a new one has nothing to inherit.
        overrides: what the command line says now; it wins over what was said at first.
        data_fingerprint: of the data as they are now.
        test: whether the test set will be used once more.

    Raises:
        InputError: the data are not those that the run began with, or a file is damaged.
    """
    before, result = folder.path / "provenance.json", folder.path / "result.json"
    with readable(before):
        origin = read_json(before) if before.exists() else {"overrides": []}
        together = replaced(origin["overrides"], overrides)
        began_with = origin.get("data_fingerprint", data_fingerprint)
    with readable(result):
        uses = read_result(folder.path)["test_uses"] if result.exists() else 0
    if began_with != data_fingerprint:
        raise InputError(
            f"resume: the data of {str(folder.path)!r} have changed since it began; allowed: the "
            "same data, or a new run"
        )
    return Inherited(together, uses + int(test))


def describe_device(experiment: Experiment) -> str:
    """Describe what the run computes on."""
    if experiment.trainer.value("accelerator") == "cpu" or not torch.cuda.is_available():
        return f"cpu, {experiment.threads} threads"
    return torch.cuda.get_device_name()


def majority_baseline(
    data: ReviewDataModule, commonest: int, test: bool
) -> dict[str, dict[str, float]]:
    """Measure the answer that is always class `commonest`, by split.

    Args:
        data: already prepared.
        commonest: the commonest class of the training split.
        test: whether the test split may be looked at.
    """
    splits = [s for s in SPLITS if data.has(s) and (s != "test" or test)]
    return {
        SPLITS[split]: baseline(data.corpus(split).labels, commonest, *data.classes)
        for split in splits
    }
