"""What is known of a run besides what its training measures."""

from collections.abc import Sequence
from typing import Any

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
from reviewlab.runs.result import read_result


def facts(experiment: Experiment, data: ReviewDataModule) -> dict[str, Any]:
    """Return which experiment a run is, and what the simplest guess comes to on its data."""
    config = experiment.as_config()
    fingerprint = data.fingerprint()
    commonest = int(np.bincount(data.corpus("train").labels).argmax())
    return {
        "run_id": run_id(config, fingerprint),
        "configuration_id": configuration_id(config, fingerprint),
        "seed": experiment.seed,
        "monitor": experiment.monitor,
        "mode": experiment.mode,
        "data_fingerprint": fingerprint,
        "label_names": list(data.label_names),
        "majority_label": data.label_names[commonest],
        "majority_baseline": majority_baseline(data, commonest, test=experiment.test),
    }


def history(
    folder: RunFolder, overrides: Sequence[str], data_fingerprint: str, test: bool
) -> dict[str, Any]:
    """What a resumed run inherits: what it was told at first, and how often it saw the test set.

    Raises:
        InputError: the data are not those that the run began with, or a file is damaged.
    """
    before, result = folder.path / "provenance.json", folder.path / "result.json"
    with readable(before):
        came_from = read_json(before) if before.exists() else {"overrides": []}
        told = replaced(came_from["overrides"], overrides)
        began_with = came_from.get("data_fingerprint", data_fingerprint)
    with readable(result):
        uses = read_result(folder.path)["test_uses"] if result.exists() else 0
    if began_with != data_fingerprint:
        raise InputError(
            f"resume: the data of {str(folder.path)!r} have changed since it began; allowed: the "
            "same data, or a new run"
        )
    return {"overrides": told, "test_uses": uses + int(test)}


def device(experiment: Experiment) -> str:
    """Describe what the run computes on."""
    if experiment.trainer.value("accelerator") == "cpu" or not torch.cuda.is_available():
        return f"cpu, {experiment.threads} threads"
    return torch.cuda.get_device_name()


def majority_baseline(
    data: ReviewDataModule, commonest: int, test: bool
) -> dict[str, dict[str, float]]:
    """By split, the metrics of always answering class `commonest`, that of the training split."""
    splits = [s for s in SPLITS if data.has(s) and (s != "test" or test)]
    return {
        SPLITS[split]: baseline(data.corpus(split).labels, commonest, data.label_names)
        for split in splits
    }
