"""Measure training of the notes' recurrent networks against Keras' own `fit`, on one core."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from reviewlab.benchmarks.measurement import Pairs, Workbench
from reviewlab.benchmarks.plain import resident
from reviewlab.benchmarks.recurrent import per_step
from reviewlab.benchmarks.training import LSTM, alternate_epochs
from reviewlab.data.datamodule import as_reviews
from reviewlab.models import GRUClassifier, LSTMClassifier, RNNClassifier
from reviewlab.running.run import Parts, load_parts

NOTES = [
    *LSTM,
    "data.text.padding=pre",
    "data.text.truncation=pre",
    "data.text.pad_to=max_length",
    "model.mask_padding=false",
    "loss=bce",
]
"""The LSTM of `step` as the study notes have it in Keras: it reads padding, and has one output."""

LAYERS: dict[type, str] = {LSTMClassifier: "LSTM", GRUClassifier: "GRU", RNNClassifier: "SimpleRNN"}
"""The recurrent layer in Keras for each classifier."""

WORKER = ["-m", "reviewlab.benchmarks.keras_worker"]


def step(bench: Workbench) -> Pairs:
    """Time a training step of a small network with all defaults, against Keras on JAX."""
    experiment = bench.experiment(*NOTES)
    parts = load_parts(experiment)
    reviews = write_reviews(bench.folder / "reviews.npz", parts)
    with one_core(), started(LAYERS[type(parts.classifier)], reviews) as epoch:
        return per_step(alternate_epochs(bench, experiment, parts, epoch), parts)


def write_reviews(path: Path, parts: Parts) -> Path:
    """Write the padded ids and the labels of the training split, and return the file's path."""
    data = as_reviews(parts.data)
    ids, labels = resident(data.corpus("train"), data.text)
    np.savez(path, ids=ids.numpy().astype(np.int32), labels=labels.numpy())
    return path


@contextmanager
def one_core() -> Iterator[None]:
    """Restrict this process and those that it starts to one core; on Linux only.

    JAX then computes in one thread. With `XLA_FLAGS=--xla_cpu_multi_thread_eigen=false` alone,
    jaxlib 0.10.2 still starts a thread per core.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def started(layer: str, reviews: Path) -> Iterator[Callable[[], None]]:
    """Start Keras in a process of its own, and yield a function that lets it train one epoch.

    The process lives as long as the block lasts, so that the network is compiled only once.
    """
    command = [sys.executable, *WORKER, layer, str(reviews)]
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    with subprocess.Popen(  # noqa: S603  our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        requests, answers = cast("tuple[IO[str], IO[str]]", (process.stdin, process.stdout))

        def epoch() -> None:
            requests.write("\n")
            requests.flush()
            if not answers.readline():
                raise RuntimeError(f"Keras ended with code {process.wait()}")

        yield epoch
