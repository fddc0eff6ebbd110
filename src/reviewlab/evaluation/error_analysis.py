"""Looks at what a checkpoint gets wrong on a split, prints it, and keeps it where asked."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from reviewlab.config.bind import bind
from reviewlab.console.text import legible
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.evaluation.measure import (
    Evaluation,
    count_use,
    opened,
    opened_as_trained,
    run_of,
    same_split,
)
from reviewlab.exceptions import InputError
from reviewlab.explaining.error_files import write_tables
from reviewlab.explaining.error_report import format_report
from reviewlab.explaining.mistakes import Answers, worst
from reviewlab.explaining.scoring import score_corpus
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.runs.files import short_path, write_json
from reviewlab.runs.result import read_result

SCHEMA_VERSION = 1
KEPT_MISTAKES = 20
KEPT_CHARACTERS = 400


def analyse(options: dict[str, Any], changes: dict[str, Any]) -> None:
    """Print the mistakes; write tables where `output` says, and `errors.json` of the run itself.

    changes: dotted settings of the data, as for `evaluate`.
    """
    bind(options, Evaluation)
    classifier, data, node = opened(options, changes)
    split, checkpoint = options["split"], Path(options["checkpoint"])
    answers = answered(classifier, data, split)
    written = []
    if split == "test":
        used = {"data_fingerprint": data.fingerprint(), "metrics": {}}
        uses = count_use(checkpoint, used, own=False)  # nothing to keep beside the count
        written += [f"use {uses} of the run's test set"] * (uses is not None)
    if options["output"] is not None:
        written.append(f"-> {write_tables(answers, Path(options['output']))}")
    own = same_split(node, classifier.config.get("data", {}))
    folder = run_of(checkpoint, data.fingerprint())
    if folder and own and split == "validation" and checkpoint.name == "best.ckpt":
        written.append(f"-> {short_path(write_errors(answers, folder))}")
    head = f"{type(classifier).__name__} of {short_path(checkpoint.resolve())}"
    parts = [format_report(f"{head}\n{type(data).__name__}, {split}", answers, split), *written[:1]]
    sys.stdout.write("\n\n".join(parts) + "".join(f"\n{line}" for line in written[1:]) + "\n")


def measure_errors(folder: Path) -> None:
    """Write `errors.json` of a run that has ended: its best epoch on its own validation split.

    Raises:
        InputError: it has not ended, or its checkpoint or its data cannot be read, or have changed.
    """
    if not (folder / "result.json").is_file():
        raise InputError(f"errors: {folder.name!r} has no result.json: its run has not ended")
    checkpoint = folder / "checkpoints" / "best.ckpt"
    classifier, data, _ = opened_as_trained(checkpoint, "validation")
    if run_of(checkpoint, data.fingerprint()) is None:
        raise InputError(f"errors: the data of {folder.name!r} have changed since it ran")
    write_errors(answered(classifier, data, "validation"), folder)


def answered(classifier: ReviewClassifier, data: ReviewDataModule, split: str) -> Answers:
    """What the classifier says to each review of the split."""
    corpus, reviews = data.corpus(split), data.read_split(split)
    if not np.array_equal(corpus.labels, reviews.labels):
        raise InputError("data.source: was changed while it was read; try again")
    scores = score_corpus(classifier, corpus, data.eval_batch_size)
    text = classifier.text_encoder
    begins = 0 if text.start_id is None else 1
    lengths = corpus.lengths - begins
    unknown = None
    if text.oov_id is not None:
        strange = np.concatenate([[0], np.cumsum(corpus.ids == text.oov_id)])
        unknown = np.diff(strange[corpus.offsets]) / np.maximum(lengths, 1)
    limit = text.max_length
    if limit is not None and text.truncation == "post":
        limit -= begins  # cut at the front, a review loses its start id before any word
    return Answers(
        data.label_names,
        reviews.texts,
        corpus.labels,
        scores.predictions,
        scores.probabilities,
        lengths,
        unknown,
        limit,
        scores.numbers,
    )


def write_errors(answers: Answers, folder: Path) -> Path:
    """Write `errors.json` of a run: what the page of a sweep shows of its winner."""
    mistakes = [
        {
            "text": legible(answers.texts[i], KEPT_CHARACTERS),
            "label": answers.names[answers.labels[i]],
            "prediction": answers.names[answers.predictions[i]],
            "probability": float(answers.certainty[i]),
            "output": None if answers.numbers is None else float(answers.numbers[i]),
        }
        for i in worst(answers)[:KEPT_MISTAKES].tolist()
    ]
    path = folder / "errors.json"
    write_json(
        path,
        {
            "schema": SCHEMA_VERSION,
            "split": "validation",
            "epoch": read_result(folder)["best"].get("epoch"),
            "reviews": len(answers.labels),
            "labels": list(answers.names),
            "confusion": answers.confusion.tolist(),
            "mistakes": mistakes,
        },
    )
    return path
