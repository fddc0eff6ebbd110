"""Measure training and validation of recurrent networks against plain loops."""

import time
from collections.abc import Callable

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback
from torch import Tensor

from reviewlab.benchmarks.measurement import Pairs, Workbench, seconds
from reviewlab.benchmarks.plain import OverTokens, evaluate, resident
from reviewlab.benchmarks.training import LSTM, alternate_epochs, make_loop, train_with
from reviewlab.config.experiment import Experiment
from reviewlab.data.datamodule import as_reviews
from reviewlab.running.run import Parts, load_parts

LONG = [
    "data=imdb",
    "data.text.max_length=400",
    "data.validation=0.95",  # trains on 1,250 reviews, for which the plain loop needs seconds
    "data.batch_size=64",
    "data.bucket_by_length=true",
    "model=lstm",
    "model.embedding_size=64",
    "model.hidden_size=128",
    "trainer.limit_val_batches=1",
]
"""A network of useful size, on reviews of unequal lengths."""


class BetweenValidations(Callback):
    """Measures each validation of a run, and then runs and measures the reference.

    A validation lasts from its first hook to its last, and includes the metrics. The first is a
    warm-up and does not count.
    """

    def __init__(self, reference: Callable[[], object]) -> None:
        self.pairs = Pairs()
        self._reference = reference
        self._began = 0.0

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._began = time.perf_counter()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop the clock, and run the reference."""
        took = time.perf_counter() - self._began
        reference = seconds(self._reference)
        if trainer.current_epoch > 0:
            self.pairs.ours.append(took)
            self.pairs.reference.append(reference)


def step(bench: Workbench) -> Pairs:
    """Time a training step of a small network with all defaults, against the plain loop."""
    return _beside_plain_loop(bench, bench.experiment(*LSTM))


def long_step(bench: Workbench) -> Pairs:
    """Time a training step on long reviews in buckets, against the plain loop's padded batches."""
    return _beside_plain_loop(bench, bench.experiment(*LONG))


def validation(bench: Workbench) -> Pairs:
    """Time the validation of a run of `step`, against a plain forward pass and its loss."""
    experiment = bench.experiment(*LSTM, "trainer.limit_train_batches=1")
    parts = load_parts(experiment)
    data = as_reviews(parts.data)
    inputs, labels = resident(data.corpus("validation"), data.text)
    network = OverTokens(parts.classifier, data.text.pad_id).eval()
    batch_size = experiment.data.value("eval_batch_size")

    def plain() -> Tensor:
        return parts.classifier.objective.loss(evaluate(network, inputs, batch_size), labels)

    between = BetweenValidations(plain)
    train_with(between, bench, experiment, parts, epochs=bench.pairs + 1)
    return between.pairs


def per_step(pairs: Pairs, parts: Parts) -> Pairs:
    """Divide measurements of epochs by the number of steps in an epoch."""
    steps = len(parts.data.train_dataloader())
    return Pairs([s / steps for s in pairs.ours], [s / steps for s in pairs.reference])


def _beside_plain_loop(bench: Workbench, experiment: Experiment) -> Pairs:
    parts = load_parts(experiment)
    data = as_reviews(parts.data)
    inputs, labels = resident(data.corpus("train"), data.text)
    network = OverTokens(parts.classifier, data.text.pad_id)
    loop = make_loop(experiment, parts, network, inputs, labels)
    return per_step(alternate_epochs(bench, experiment, parts, loop.epoch), parts)
