"""Measures a checkpoint on a split of its own data or of others."""

import copy
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from reviewlab.cli.evaluate import Plain
from reviewlab.cli.predict import load
from reviewlab.config.bind import bind
from reviewlab.config.build import build
from reviewlab.config.hydra_errors import keys_of, unknown_key
from reviewlab.console.exit import tidy_up_on_interrupt
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.loader import BatchLoader
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.metrics import EpochMetrics
from reviewlab.reporting.metric_table import SPLITS, baseline, of_split, table
from reviewlab.runs.files import short_path, write_json
from reviewlab.runs.result import read_result, record_test

NO_SPLIT = {
    *("source", "cache_dir", "text", "fit_on", "seed"),
    *("batch_size", "eval_batch_size", "bucket_by_length", "balanced"),
}
"""Settings of the data that leave every review in its split."""


@dataclass(frozen=True)
class Evaluation(Plain):
    """The options of `conf/evaluate.yaml`.

    data: what to measure on; None for the data that the checkpoint was trained on.
    """

    data: ReviewDataModule | None


def evaluate(options: dict[str, Any], changes: dict[str, Any]) -> None:
    """Print the metrics, write them where `output` says, and count a use of the test set.

    changes: dotted settings of the data, such as `data.source`, that differ from their config.
    """
    bind(options, Evaluation)
    began = time.perf_counter()
    classifier, data, node = opened(options, changes)
    report = reported(options, classifier, data, node)
    report["seconds"] = time.perf_counter() - began
    sys.stdout.write(summary(report))
    if options["split"] == "test":
        own = same_split(node, classifier.config.get("data", {}))
        report["test_uses"] = count_use(Path(options["checkpoint"]), report, own)
    if options["output"] is not None:
        write_json(Path(options["output"]), report)


def opened(
    options: dict[str, Any], changes: dict[str, Any]
) -> tuple[ReviewClassifier, ReviewDataModule, dict[str, Any]]:
    """The classifier of a checkpoint, the data to measure it on, and the config of these."""
    classifier = load(options["checkpoint"], options["device"], options["threads"])
    tidy_up_on_interrupt()
    own = classifier.config.get("data", {})
    node = changed(options["data"] or own, changes)
    bind({**options, "data": node}, Evaluation)
    data = readied(build(node), classifier, options["split"])
    sys.stderr.write(warning(options, data, node, own))
    return classifier, data, node


def opened_as_trained(
    checkpoint: Path, split: str
) -> tuple[ReviewClassifier, ReviewDataModule, dict[str, Any]]:
    """What `opened` gives of a run's checkpoint and its own data, on one thread of the CPU."""
    own = {"checkpoint": str(checkpoint), "data": None, "split": split, "output": None}
    return opened({**own, "device": "cpu", "threads": 1, "seed": 0}, {})


def reported(
    options: dict[str, Any], classifier: ReviewClassifier, data: ReviewDataModule, node: Any
) -> dict[str, Any]:
    """Everything that was measured, in plain types."""
    split, names = options["split"], list(classifier.label_names)
    metrics = measure(classifier, data, split)
    labels = data.corpus(split).labels
    commonest = int(np.bincount(data.corpus("train").labels).argmax())
    guessed = baseline(labels, commonest, names)
    return {
        "checkpoint": str(Path(options["checkpoint"]).resolve()),
        "classifier": type(classifier).__name__,
        "data": node,
        "data_fingerprint": data.fingerprint(),
        "split": split,
        "reviews": len(labels),
        "label_names": names,
        "majority_label": names[commonest],
        "metrics": {f"{SPLITS[split]}/{name}": value for name, value in metrics.items()},
        "majority_baseline": {f"{SPLITS[split]}/{name}": value for name, value in guessed.items()},
    }


def summary(report: dict[str, Any]) -> str:
    """What is printed of a report."""
    split, data = SPLITS[report["split"]], report["data"]["_target_"].rpartition(".")[2]
    metrics = of_split(report["metrics"], split)
    guessed = of_split(report["majority_baseline"], split)
    columns = {report["split"]: metrics, f"always {report['majority_label']}": guessed}
    collapsed = metrics["predicted_classes"] == 1
    return (
        f"{report['classifier']} of {short_path(Path(report['checkpoint']))}\n"
        f"{data}, {report['split']}: {report['reviews']:,} reviews in {report['seconds']:.1f} s\n\n"
        + table(columns)
        + "\n"
        + "\ncollapsed: every review got the same prediction\n" * collapsed
    )


def changed(node: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The config of the data with the dotted `changes` made.

    Raises:
        InputError: the config has no such key.
    """
    config = {"data": copy.deepcopy(node)}
    known = list(keys_of(config))
    for key, value in changes.items():
        if key not in known:
            raise InputError(unknown_key(key, known))
        *parents, leaf = key.split(".")
        place: Any = config
        for parent in parents:
            place = place[parent]
        place[leaf] = value
    return config["data"]


def readied(data: ReviewDataModule, classifier: ReviewClassifier, split: str) -> ReviewDataModule:
    """The data encoded as the classifier reads them.

    Raises:
        InputError: there is no such split, or the labels are not the classifier's, in its order.
    """
    if tuple(data.label_names) != tuple(classifier.label_names):
        raise InputError(
            f"data: has the labels {', '.join(data.label_names)}; the checkpoint tells apart "
            f"{', '.join(classifier.label_names)}"
        )
    data.use_text_encoder(classifier.text_encoder)
    data.prepare()
    if not data.has(split):
        there = ", ".join(name for name in SPLITS if data.has(name))
        raise InputError(f"split: {split!r} is not in these data; they have {there}")
    return data


@torch.inference_mode()
def measure(classifier: ReviewClassifier, data: ReviewDataModule, split: str) -> dict[str, float]:
    """The metrics that training measures, on one split."""
    metrics = EpochMetrics(classifier.objective, classifier.label_names)
    device = classifier.device
    for batch in BatchLoader(data.corpus(split), data.text, data.eval_batch_size):
        outputs = classifier(batch.token_ids.to(device), batch.mask.to(device))
        metrics.update(outputs, batch.labels.to(device))
    return metrics.compute()


def same_split(node: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two configs of one source put every review in the same split."""
    return _splitting(node) == _splitting(other)


def _splitting(node: dict[str, Any]) -> dict[str, Any]:
    """What decides which review stands where; a split without a seed has that of the run."""
    kept = {key: value for key, value in node.items() if key not in NO_SPLIT}
    if "split_seed" in kept and kept["split_seed"] is None:
        kept["split_seed"] = node.get("seed")
    return kept


def warning(
    options: dict[str, Any], data: ReviewDataModule, node: dict[str, Any], own: dict[str, Any]
) -> str:
    """A line for who measures another split of the reviews that the checkpoint was trained on.

    Empty where nothing is to fear: another source, the same split, or a test set that is the
    source's own, which no setting moves.
    """
    official = options["split"] == "test" and "test" not in node
    if options["split"] == "train" or official or same_split(node, own):
        return ""
    try:  # the source of the training may lie elsewhere by now, or nowhere
        trained_on = build(bind({**options, "data": own}, Evaluation)["data"])
        if trained_on.fingerprint() != data.fingerprint():
            return ""
    except InputError:
        return ""
    asked, before = _splitting(node), _splitting(own)
    moved = (key for key in asked if asked[key] != before.get(key))
    return (
        f"warning: {', '.join(f'data.{key}={asked[key]}' for key in moved)} splits the reviews "
        "otherwise than training did: it may have seen some of those measured here\n"
    )


def count_use(checkpoint: Path, report: dict[str, Any], own: bool) -> int | None:
    """Note in the run's result that its test set was used; how often that was until now.

    own: whether the split is that of the run; another may test on what the run was trained on.
    None when the checkpoint lies in no run folder, or the data are not those of the run. Metrics
    are kept for the best epoch and the run's own split only.
    """
    folder = run_of(checkpoint, report["data_fingerprint"])
    if folder is None:
        return None
    kept = own and checkpoint.name == "best.ckpt"
    return record_test(folder, report["metrics"] if kept else read_result(folder).get("test", {}))


def run_of(checkpoint: Path, fingerprint: str) -> Path | None:
    """The run folder that a checkpoint lies in, where data of this fingerprint are the run's."""
    folder = checkpoint.resolve().parent.parent
    if checkpoint.resolve().parent.name != "checkpoints" or not (folder / "result.json").is_file():
        return None
    return folder if read_result(folder).get("data_fingerprint") == fingerprint else None
