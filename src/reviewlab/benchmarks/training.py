"""Measure a step and an epoch of a real run against the plain loop, and the cost of inspection."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback

from reviewlab.benchmarks.measurement import Pairs, Workbench, seconds
from reviewlab.benchmarks.plain import PlainLoop, features, over_features
from reviewlab.config.experiment import Experiment
from reviewlab.data.datamodule import as_reviews
from reviewlab.inspection.inspector import Inspector
from reviewlab.running.run import Parts, load_parts, make_training

LSTM = [
    "data=imdb",
    "data.text.num_words=500",
    "data.text.max_length=100",
    "data.batch_size=64",
    "model=lstm",
    "model.embedding_size=16",
    "model.hidden_size=8",
    "model.mask_padding=true",
]
"""The LSTM of the Keras book. `mask_padding` is the default, but is given since it affects cost."""

MLP = [
    "data=imdb",
    "data.text.num_words=100",
    "data.text.max_length=null",
    "data.text.distinct=true",
    "data.fit_on=source",
    "data.validation=0",
    "data.batch_size=500",
    "model=mlp",
    "model.features=multi_hot",
    "model.num_layers=2",
    "model.hidden_size=32",
    "model.init=keras",
    "loss=bce",
    "optimizer.lr=0.01",
]
"""The network of the study note on optimizers, which sees which of 100 words a review contains."""

IMDB = ["data=imdb", "data.text.max_length=100", "trainer.max_epochs=8"]
"""Settings for trainings with inspection."""


class Between(Callback):
    """Measures each epoch of a run, and then runs and measures the reference.

    An epoch lasts from its first hook to the next epoch's first hook, without validation. So it
    includes shuffling, steps, metrics, logging and both checkpoints. The first epoch is a warm-up
    and does not count.
    """

    def __init__(self, reference: Callable[[], object]) -> None:
        self.pairs = Pairs()
        self._reference = reference
        self._began = self._validation_began = self._validation = 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """End the measurement of the previous epoch, and run the reference."""
        took = time.perf_counter() - self._began - self._validation
        reference = seconds(self._reference) if trainer.current_epoch > 0 else 0.0
        if trainer.current_epoch > 1:
            self.pairs.ours.append(took)
            self.pairs.reference.append(reference)
        self._validation = 0.0
        self._began = time.perf_counter()

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop the clock."""
        self._validation_began = time.perf_counter()

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Restart the clock."""
        self._validation = time.perf_counter() - self._validation_began


def epoch(bench: Workbench) -> Pairs:
    """Time a training epoch of the MLP with all defaults, against the plain loop."""
    experiment = bench.experiment(*MLP)
    parts = load_parts(experiment)
    data = as_reviews(parts.data)
    corpus = data.corpus("train")
    inputs = features(parts.classifier, corpus, data.text)
    labels = torch.from_numpy(corpus.labels.copy())
    network = over_features(parts.classifier)
    loop = make_loop(experiment, parts, network, inputs, labels)
    return alternate_epochs(bench, experiment, parts, loop.epoch)


def attention(bench: Workbench) -> Pairs:
    """Time the slowest inspector and the whole training, for the model `lstm_attention`."""
    return _slowest_inspector(bench, "model=lstm_attention", *IMDB)


def filters(bench: Workbench) -> Pairs:
    """Time the slowest inspector and the whole training, for the model `cnn`."""
    return _slowest_inspector(bench, "model=cnn", *IMDB)


def demo(bench: Workbench) -> Pairs:
    """Time the slowest inspector and the whole of a short training, on the demo data."""
    return _slowest_inspector(bench, "data=demo", "model=cnn")


def make_loop(
    experiment: Experiment,
    parts: Parts,
    network: torch.nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
) -> PlainLoop:
    """Make the plain loop with a training's objective, optimizer and batch size.

    Args:
        experiment: the training's config.
        parts: the training's data and classifier.
        network: the module to train.
        inputs: the inputs of `network`, one row per review.
        labels: label of each review.
    """
    return PlainLoop(
        network,
        parts.classifier.objective,
        experiment.optimizer.prepare(),
        inputs,
        labels,
        experiment.data.value("batch_size"),
    )


def alternate_epochs(
    bench: Workbench, experiment: Experiment, parts: Parts, reference: Callable[[], object]
) -> Pairs:
    """Train like `scripts/train.py`, alternating epochs with the reference.

    Args:
        bench: the folder and settings that the measurement uses.
        experiment: the training's config.
        parts: the training's data and classifier.
        reference: function that does one epoch the plain way.
    """
    between = Between(reference)
    train_with(between, bench, experiment, parts, epochs=bench.pairs + 2)
    return between.pairs


def train_with(
    callback: Callback, bench: Workbench, experiment: Experiment, parts: Parts, epochs: int
) -> None:
    """Train like `scripts/train.py`, with one more callback, which comes first.

    Args:
        callback: the callback.
        bench: the folder and settings that the measurement uses.
        experiment: the training's config.
        parts: the training's data and classifier.
        epochs: number of epochs.
    """
    trainer = experiment.trainer.with_arguments(max_epochs=epochs)
    training = make_training(replace(experiment, trainer=trainer), bench.run_folder())
    training.callbacks.insert(0, callback)
    training.run(parts.classifier, parts.data)


def _slowest_inspector(bench: Workbench, *overrides: str) -> Pairs:
    measured = Pairs()
    for _ in range(bench.pairs):
        experiment = bench.experiment(*overrides, "callbacks=inspect")
        parts = load_parts(experiment)
        training = make_training(experiment, bench.run_folder())
        inspectors = [c for c in training.callbacks if isinstance(c, Inspector)]
        whole = seconds(partial(training.run, parts.classifier, parts.data))
        measured.ours.append(max(inspector.budget.spent for inspector in inspectors))
        measured.reference.append(whole)
    return measured
