"""Measure a checkpoint on a split of its own data or of other data."""

import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from reviewlab.config.options import DataChoice
from reviewlab.config.part import as_config
from reviewlab.console.table import on_one_line
from reviewlab.console.text import readable_path
from reviewlab.data.module import DataModule
from reviewlab.evaluation.checkpoint import OpenCheckpoint, name_decision, open_checkpoint
from reviewlab.evaluation.kept_answers import keep_answers
from reviewlab.evaluation.options import EvaluationOptions
from reviewlab.evaluation.test_uses import count_use
from reviewlab.exceptions import escape_controls
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.metrics import EpochMetrics
from reviewlab.reporting.metric_table import SPLITS, baseline, of_split, table
from reviewlab.runs.files import write_json
from reviewlab.runs.identity import name_examples


@dataclass
class EvaluationReport:
    """The measurements of a checkpoint, as `output=` writes them.

    Attributes:
        checkpoint: the path of the checkpoint.
        classifier: the name of the classifier's class.
        data: the config of the data.
        data_fingerprint: the fingerprint of the data's content.
        split: the measured split.
        reviews: the number of reviews in the split.
        label_names: the labels, in the order of the classes.
        majority_label: the most frequent label of the training split.
        metrics: the metrics, by name.
        majority_baseline: the metrics of always predicting `majority_label`.
        seconds: the time that loading, encoding and measuring took.
        test_uses: how often the run's test set has been used; None if uses are not counted.
        decision: the rule that chooses a class from the predicted distribution; None if the
            classifier supports only one.
    """

    checkpoint: str
    classifier: str
    data: dict[str, Any]
    data_fingerprint: str
    split: str
    reviews: int
    label_names: list[str]
    majority_label: str
    metrics: dict[str, float]
    majority_baseline: dict[str, float]
    seconds: float = 0.0
    test_uses: int | None = None
    decision: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the content of the json file, with `test_uses` for test splits only."""
        report = asdict(self)
        if self.split != "test":
            del report["test_uses"]
        return report


def evaluate(options: EvaluationOptions, choice: DataChoice) -> None:
    """Measure a checkpoint: print the metrics, write files on request, count a use of the test set.

    Args:
        options: the checkpoint, the split and the output.
        choice: the data to use, by default the training data, and changes to their settings.
    """
    began = time.perf_counter()
    opened = open_checkpoint(options, choice)
    collected = collect(opened.classifier, opened.data, options.split)
    seen = collected.so_far()
    report = evaluation_report(options.path, opened, options.split, collected)
    report.seconds = time.perf_counter() - began
    sys.stdout.write(format_evaluation(report))
    if options.split == "test":
        metrics = report.metrics if opened.as_trained else None
        report.test_uses = count_use(options.path, report.data_fingerprint, metrics)
    if options.split == "validation":
        keep_answers(options.path, opened, seen[1])
    if options.output is not None:
        write_json(Path(options.output), report.as_json())
    if options.figures is not None:
        from reviewlab.evaluation.figures import write_figures  # imports matplotlib, which is slow

        format_ = options.figures_format or "svg"
        for path in write_figures(seen, report.label_names, Path(options.figures), format_):
            sys.stdout.write(f"-> {on_one_line(str(path))}\n")


def evaluation_report(
    checkpoint: Path, opened: OpenCheckpoint, split: str, collected: EpochMetrics | None = None
) -> EvaluationReport:
    """Measure an open checkpoint on one split, and return a report.

    Args:
        checkpoint: the opened .ckpt file.
        opened: the classifier and its data.
        split: the split to measure.
        collected: the predictions on this split; None to make them here.
    """
    classifier, data, part, _ = opened
    names = list(classifier.label_names)
    labels = data.corpus(split).labels
    commonest = int(np.bincount(data.corpus("train").labels).argmax())
    prefix = SPLITS[split]
    guessed = baseline(labels, commonest, names, classifier.ordinal)
    measured = (collected or collect(classifier, data, split)).compute()
    return EvaluationReport(
        checkpoint=str(checkpoint.resolve()),
        classifier=type(classifier).__name__,
        data=as_config(part),
        data_fingerprint=data.fingerprint(),
        split=split,
        reviews=len(labels),
        label_names=names,
        majority_label=names[commonest],
        metrics={f"{prefix}/{n}": v for n, v in measured.items()},
        majority_baseline={f"{prefix}/{name}": value for name, value in guessed.items()},
        decision=classifier.objective.arguments.get("decision"),
    )


def format_evaluation(report: EvaluationReport) -> str:
    """Format a report as text."""
    split, data = SPLITS[report.split], report.data["_target_"].rpartition(".")[2]
    metrics, examples = of_split(report.metrics, split), name_examples({"data": report.data})
    guessed = of_split(report.majority_baseline, split)
    lines = [
        f"{report.classifier} of {readable_path(Path(report.checkpoint))}",
        f"{data}, {report.split}: {report.reviews:,} {examples} in {report.seconds:.1f} s"
        f"{name_decision(report.decision)}",
        "",
        table({report.split: metrics, f"always {report.majority_label}": guessed}),
    ]
    if metrics["predicted_classes"] == 1:
        lines += ["", "collapsed: every prediction is the same class"]
    return escape_controls("\n".join(lines) + "\n")


def measure(classifier: ReviewClassifier, data: DataModule, split: str) -> dict[str, float]:
    """Compute the same metrics on a split as in training; map each metric's name to its value.

    Args:
        classifier: the classifier, on its device.
        data: the data, encoded by the classifier's text encoder.
        split: the split to measure.
    """
    return collect(classifier, data, split).compute()


@torch.no_grad()  # in inference mode, the tensors could only be measured inside it
def collect(classifier: ReviewClassifier, data: DataModule, split: str) -> EpochMetrics:
    """Classify the reviews of one split.

    Args:
        classifier: the classifier, on its device.
        data: the data, encoded by the classifier's text encoder.
        split: the split to classify.

    Returns:
        The predictions and labels, from which `compute()` calculates the metrics.
    """
    metrics = EpochMetrics(classifier.objective, classifier.label_names, classifier.ordinal)
    device = classifier.device
    for batch in data.loader(split, data.eval_batch_size):
        outputs = classifier(*batch.inputs_on(device))
        metrics.update(outputs, batch.labels.to(device))
    return metrics
