"""Measure fine-tuning and prediction with a pretrained encoder against transformers' Trainer."""

import os
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback
from torch import Tensor
from typing_extensions import override

from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate, seconds
from reviewlab.benchmarks.training import train_with
from reviewlab.data.corpus import Corpus
from reviewlab.data.datamodule import as_reviews
from reviewlab.explaining.scoring import score_corpus
from reviewlab.running.run import Parts, load_parts
from reviewlab.training.subnormals import flush_subnormals

BATCH_SIZE, STEPS = 16, 4

OPTIONS = [
    "data=imdb",
    "model=pretrained",
    "data.text.max_length=128",
    f"data.batch_size={BATCH_SIZE}",
    "data.bucket_by_length=false",  # like the Trainer, so that both read the same batches
    "optimizer=adamw",
    "optimizer.lr=5e-5",
    "trainer.limit_val_batches=1",
]


class Blocks(Callback):
    """Measures a training in blocks of `STEPS` steps, and the steps of the reference in between.

    All blocks are part of one epoch, since nothing that is saved after an epoch should count: ours
    waits until its checkpoint of 270 MB is on the disk, and after that a step asks the system for
    memory again. The first block and its reference are a warm-up.

    Args:
        reference: function that trains for `STEPS` steps and returns how long they took, in
            seconds.
    """

    def __init__(self, reference: Callable[[], float]) -> None:
        self.pairs = Pairs()
        self._reference = reference
        self._began = 0.0

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """At the end of a block, run the reference and keep both times."""
        batch_idx: int = arguments[-1]
        if (batch_idx + 1) % STEPS:
            return
        ours, reference = time.perf_counter() - self._began, self._reference()
        if batch_idx + 1 > STEPS:
            self.pairs.ours.append(ours)
            self.pairs.reference.append(reference)
        self._began = time.perf_counter()


def train(bench: Workbench) -> Pairs:
    """Time a few training steps on all weights, against transformers' Trainer."""
    source = _source()
    limit = f"trainer.limit_train_batches={STEPS * (bench.pairs + 1)}"
    experiment = bench.experiment(*OPTIONS, f"model.source={source}", limit)
    parts = load_parts(experiment)
    trainer = make_trainer(parts, source, bench.folder / "theirs", STEPS + 1)
    blocks = Blocks(timed_steps(trainer))
    train_with(blocks, bench, experiment, parts, epochs=1)
    return blocks.pairs


def timed_steps(trainer: Any) -> Callable[[], float]:
    """Return a function that trains an epoch and returns how long its steps took, in seconds.

    The first step, in which the optimizer makes its state, does not count.

    Args:
        trainer: a transformers Trainer.
    """
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        @override
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            now = time.perf_counter()
            if state.global_step == 1:
                self.began = now
            self.took = now - self.began

    clock = Clock()
    trainer.add_callback(clock)

    def steps() -> float:
        with flush_subnormals(False):
            trainer.train()
        return clock.took

    return steps


def predict(bench: Workbench) -> Pairs:
    """Time one prediction pass over as many reviews as a block of `train`, against the Trainer."""
    source = _source()
    parts = load_parts(bench.experiment(*OPTIONS, f"model.source={source}"))
    trainer = make_trainer(parts, source, bench.folder / "theirs", STEPS)
    reviews = first_reviews(as_reviews(parts.data).corpus("train"), STEPS)
    ours = partial(score_corpus, parts.classifier.eval(), reviews, BATCH_SIZE)
    theirs = partial(trainer.predict, trainer.train_dataset)
    return alternate(lambda: seconds(ours), lambda: seconds(theirs), bench.pairs)


def make_trainer(parts: Parts, source: str, folder: Path, batches: int) -> Any:
    """Make a transformers Trainer for one epoch over our own run's reviews and batches.

    Args:
        parts: the data and the classifier of our own run.
        source: the pretrained encoder.
        folder: the folder in which the Trainer saves.
        batches: number of batches in an epoch of the Trainer.
    """
    from transformers import (
        AutoModelForSequenceClassification,
        PrinterCallback,
        Trainer,
        TrainingArguments,
    )

    logging: Any = import_module("transformers.utils.logging")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    classes = len(parts.data.classes.names)
    model = AutoModelForSequenceClassification.from_pretrained(source, num_labels=classes)
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=BATCH_SIZE,
        per_device_eval_batch_size=BATCH_SIZE,
        num_train_epochs=1,
        learning_rate=5e-5,
        use_cpu=True,
        report_to=[],
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
    )
    reviews = first_reviews(as_reviews(parts.data).corpus("train"), batches)
    collate = make_collate(as_reviews(parts.data).text.pad_id)
    trainer = Trainer(model, arguments, data_collator=collate, train_dataset=as_rows(reviews))
    trainer.remove_callback(PrinterCallback)
    return trainer


def first_reviews(corpus: Corpus, batches: int) -> Corpus:
    """Return a corpus of the first reviews, as many as some batches hold."""
    count = min(BATCH_SIZE * batches, len(corpus))
    offsets = np.array(corpus.offsets[: count + 1])
    ids = np.array(corpus.ids[: offsets[-1]])
    return Corpus.from_arrays(ids, offsets, np.array(corpus.labels[:count]))


def as_rows(corpus: Corpus) -> list[dict[str, Any]]:
    """Return the reviews as rows for the Trainer's collator."""
    rows = np.split(corpus.ids, corpus.offsets[1:-1])
    return [
        {"input_ids": ids.tolist(), "labels": int(label)}
        for ids, label in zip(rows, corpus.labels, strict=True)
    ]


def make_collate(pad_id: int) -> Callable[[list[dict[str, Any]]], dict[str, Tensor]]:
    """Return a function that makes a batch of rows, padded to the longest row of the batch."""

    def collate(rows: list[dict[str, Any]]) -> dict[str, Tensor]:
        ids = [torch.tensor(row["input_ids"]) for row in rows]
        filled = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True, padding_value=pad_id)
        lengths = torch.tensor([len(row) for row in ids])
        return {
            "input_ids": filled,
            "attention_mask": (torch.arange(filled.shape[1]) < lengths[:, None]).long(),
            "labels": torch.tensor([row["labels"] for row in rows]),
        }

    return collate


def _source() -> str:
    return os.environ.get("REVIEWLAB_PRETRAINED", "sentence-transformers/all-MiniLM-L6-v2")
