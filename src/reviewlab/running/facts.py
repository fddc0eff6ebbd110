"""What is known of a run besides what its training measures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.exceptions import InputError
from reviewlab.reporting.metric_table import SPLITS, baseline
from reviewlab.runs.files import read_json, readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.runs.result import read_result


def facts(config: dict[str, Any], data: ReviewDataModule) -> dict[str, Any]:
    """Which experiment a run is, and what the simplest guess comes to on its data."""
    fingerprint = data.fingerprint()
    commonest = int(np.bincount(data.corpus("train").labels).argmax())
    return {
        "run_id": run_id(config, fingerprint),
        "configuration_id": configuration_id(config, fingerprint),
        "seed": config["seed"],
        "monitor": config["monitor"],
        "mode": config["mode"],
        "data_fingerprint": fingerprint,
        "label_names": list(data.label_names),
        "majority_label": data.label_names[commonest],
        "majority_baseline": majority_baseline(data, commonest, test=config["test"]),
    }


def history(
    folder: RunFolder, overrides: Sequence[str], data_fingerprint: str, test: bool
) -> dict[str, Any]:
    """What a resumed run inherits: what it was told at first, and how often it saw the test set.

    Raises:
        InputError: the data are not those that the run began with, or a file is damaged.
    """
    before, result = folder.path / "provenance.json", folder.path / "result.json"
    again = {override.partition("=")[0] for override in overrides}
    with readable(before):
        came_from = read_json(before) if before.exists() else {"overrides": []}
        kept = [told for told in came_from["overrides"] if told.partition("=")[0] not in again]
        began_with = came_from.get("data_fingerprint", data_fingerprint)
    with readable(result):
        uses = read_result(folder.path)["test_uses"] if result.exists() else 0
    if began_with != data_fingerprint:
        raise InputError(
            f"resume: the data of {str(folder.path)!r} have changed since it began; allowed: the "
            "same data, or a new run"
        )
    return {"overrides": [*kept, *overrides], "test_uses": uses + int(test)}


def device(config: dict[str, Any]) -> str:
    """What the run computes on, in words."""
    if config["trainer"]["accelerator"] == "cpu" or not torch.cuda.is_available():
        return f"cpu, {config['threads']} threads"
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
