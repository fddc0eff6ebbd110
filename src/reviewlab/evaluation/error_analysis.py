"""Analyse the errors of a checkpoint on a split: print a report and write files on request."""

import sys
from pathlib import Path

import numpy as np

from reviewlab.config.options import DataChoice
from reviewlab.console.table import on_one_line
from reviewlab.console.text import legible, readable_path
from reviewlab.data.datamodule import ReviewDataModule, as_reviews
from reviewlab.evaluation.checkpoint import (
    name_decision,
    open_checkpoint,
    open_with_training_data,
)
from reviewlab.evaluation.options import CheckpointOptions
from reviewlab.evaluation.test_uses import count_use, find_run, is_best
from reviewlab.exceptions import InputError, escape_controls
from reviewlab.explaining.error_files import write_tables
from reviewlab.explaining.error_report import format_report
from reviewlab.explaining.mistakes import Answers, worst_texts
from reviewlab.explaining.scoring import score_corpus
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result

SCHEMA_VERSION = 1
KEPT_MISTAKES = 20
KEPT_CHARACTERS = 400


def analyse(options: CheckpointOptions, choice: DataChoice) -> None:
    """Analyse a checkpoint's errors: print a report, and write tables and the run's `errors.json`.

    The tables are written to `options.output`, if it is given. `errors.json` is written only for a
    run's best checkpoint on the run's own validation split.

    Args:
        options: the checkpoint, the split and the output.
        choice: the data to use, by default the training data, and changes to their settings.
    """
    classifier, opened, _, as_trained = open_checkpoint(options, choice)
    data = as_reviews(opened)
    split, checkpoint = options.split, options.path
    answers = answer_reviews(classifier, data, split)
    notes = []
    if split == "test":
        uses = count_use(checkpoint, data.fingerprint(), None)
        if uses is not None:
            notes.append(f"use number {uses} of the run's test set")
    if options.output is not None:
        notes.append(f"-> {on_one_line(str(write_tables(answers, Path(options.output))))}")
    folder = find_run(checkpoint, data.fingerprint())
    own = as_trained and split == "validation"
    if folder is not None and own and is_best(checkpoint, folder):
        notes.append(f"-> {readable_path(write_errors(answers, folder))}")
    head = f"{type(classifier).__name__} of {readable_path(checkpoint.resolve())}"
    decision = name_decision(classifier.objective.arguments.get("decision"))
    report = format_report(f"{head}\n{type(data).__name__}, {split}{decision}", answers, split)
    text = "\n\n".join(filter(None, [report, "\n".join(notes)]))
    sys.stdout.write(f"{escape_controls(text)}\n")


def measure_errors(folder: Path) -> None:
    """Write a finished run's `errors.json`: its best epoch's mistakes on the validation split.

    Raises:
        InputError: the run has not ended, its checkpoint or data cannot be read, or its data have
            changed.
    """
    write_errors(answer_own_reviews(folder), folder)


def answer_own_reviews(folder: Path) -> Answers:
    """Classify a finished run's own validation reviews with its best checkpoint.

    Raises:
        InputError: the run has not ended, its checkpoint or data cannot be read, or its data have
            changed.
    """
    if not (folder / "result.json").is_file():
        raise InputError(f"errors: {folder.name!r} has no result.json: the run has not finished")
    checkpoint = RunFolder(folder).best_checkpoint
    classifier, data, _, _ = open_with_training_data(checkpoint, "validation")
    if find_run(checkpoint, data.fingerprint()) is None:
        raise InputError(f"errors: the data of {folder.name!r} have changed since the run")
    return answer_reviews(classifier, as_reviews(data), "validation")


def answer_reviews(classifier: ReviewClassifier, data: ReviewDataModule, split: str) -> Answers:
    """Classify each review of a split.

    Args:
        classifier: the classifier.
        data: the data, encoded by the classifier's text encoder.
        split: the split to classify.

    Raises:
        InputError: the source has changed since the data were encoded.
    """
    corpus, reviews = data.corpus(split), data.read_split(split)
    if not np.array_equal(corpus.labels, reviews.labels):
        raise InputError("data.source: changed while it was being read; try again")
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
        limit -= begins  # a review cut at the front loses its start id first
    return Answers(
        data.classes.names,
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
    """Write a run's `errors.json`, which a sweep's web page shows if the run is the winner."""
    mistakes = [
        {
            "text": legible(answers.texts[i], KEPT_CHARACTERS),
            "label": answers.names[answers.labels[i]],
            "labels": {answers.names[label]: count for label, count in labels.most_common()},
            "prediction": answers.names[answers.predictions[i]],
            "probability": float(answers.certainty[i]),
            "output": None if answers.numbers is None else float(answers.numbers[i]),
        }
        for i, labels in worst_texts(answers)[:KEPT_MISTAKES]
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
