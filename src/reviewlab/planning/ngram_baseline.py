"""The baseline of every leaderboard: the scores of a linear n-gram model on the same split."""

import logging
import math
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part, digest_key
from reviewlab.console.logs import ROOT, least_level
from reviewlab.data.batch import Batch
from reviewlab.data.cache import cache_folder, digest, writing
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.models.metrics import EpochMetrics
from reviewlab.models.ngram import NgramClassifier
from reviewlab.nn.ngrams import Weighting
from reviewlab.nn.objectives import CrossEntropy
from reviewlab.runs.files import UNREADABLE, read_json, write_json
from reviewlab.sweeps.changes import code
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.training.optimizers import LBFGS

log = logging.getLogger(__name__)

SETTINGS: tuple[tuple[Weighting, float], ...] = (("tfidf_nb", 3e-6), ("nb", 3e-5))
"""Pairs of weighting and weight decay.

The first pair does better on IMDB's long reviews, the second on star ratings.
"""

MOST_EPOCHS = 10
PATIENCE = 2
"""Epochs without a smaller validation loss after which fitting stops."""

OF_TRAINING = ("seed", "batch_size", "bucket_by_length", "balanced", "text")
"""Arguments of the data that affect training, but not the split.

The exception is `seed` without a `split_seed`: then it also draws the split.
"""


class NgramBaseline(NamedTuple):
    """The baseline's scores on a data set and split.

    Attributes:
        metrics: the metrics on the validation split, named `val/...`.
        seconds: the time that reading, encoding and fitting took.
        cached: True if the scores were read from the cache.
    """

    metrics: dict[str, float]
    seconds: float
    cached: bool


def ngram_baseline(experiment: Experiment) -> NgramBaseline | None:
    """Fit a linear n-gram model to the reviews of an experiment, or return its cached scores.

    Args:
        experiment: the experiment that defines the data and their split; its model is ignored.

    Returns:
        The baseline, or None if no reviews are held out.

    Raises:
        InputError: the source cannot be read, or the cache cannot be written.
    """
    data = as_ngrams(experiment.data).build()
    file = _file(data)
    if (cached := _read_cached(file)) is not None:
        return cached
    began = time.perf_counter()
    with least_level(logging.WARNING, [ROOT.name]):  # the jobs log the same messages
        data.prepare()
    if not data.has("validation"):
        return None
    metrics = {name: value for name, value in fit_ngrams(data).items() if math.isfinite(value)}
    measured = NgramBaseline(metrics, time.perf_counter() - began, cached=False)
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"metrics": measured.metrics, "seconds": measured.seconds})
    return measured


def _read_cached(file: Path) -> NgramBaseline | None:
    """Return the cached baseline; None if there is none, or its file is damaged."""
    try:
        content = read_json(file)
        metrics = {str(name): float(value) for name, value in content["metrics"].items()}
        return NgramBaseline(metrics, float(content["seconds"]), cached=True)
    except UNREADABLE:
        return None


class Baselines:
    """The baselines of a sweep's jobs; each data set and split is measured and logged once.

    Args:
        settings: the sweep's settings, which say whether to measure and which metric to log.
    """

    def __init__(self, settings: SweepSettings) -> None:
        self._wanted = settings.baseline == "ngram"
        self._metric = settings.metric
        self._baselines: dict[str, NgramBaseline | None] = {}

    def metrics(self, experiment: Experiment) -> dict[str, float]:
        """Return the baseline's metrics on an experiment's split; empty if none is measured."""
        if not self._wanted or experiment.data.value("text") is None:
            return {}
        key = digest_key(as_ngrams(experiment.data))
        if key not in self._baselines:
            self._baselines[key] = ngram_baseline(experiment)
            self._log(self._baselines[key])
        baseline = self._baselines[key]
        return {} if baseline is None else baseline.metrics

    def _log(self, baseline: NgramBaseline | None) -> None:
        if baseline is not None and self._metric in baseline.metrics:
            cached = ", cached" if baseline.cached else ""
            value = baseline.metrics[self._metric]
            log.info("n-gram baseline: %.4f (%.1f s%s)", value, baseline.seconds, cached)


def as_ngrams(data: Part[Any]) -> Part[ReviewDataModule]:
    """Return the same data and split, encoded as n-grams and in a single batch."""
    name = f"{NgramEncoder.__module__}.{NgramEncoder.__qualname__}"
    text = Part[NgramEncoder](name, NgramEncoder, {})
    seed = {"seed": data.value("seed")} if data.value("split_seed") is None else {}
    return data.without(*OF_TRAINING).with_arguments(text=text, batch_size=None, **seed)


def fit_ngrams(data: ReviewDataModule) -> dict[str, float]:
    """Fit a model with each of `SETTINGS`; return the metrics of that with the lowest loss.

    The models are fitted to the training reviews. Metrics and loss are measured on the validation
    split; the metrics are named `val/...`.
    """
    corpus = data.corpus("train")
    batch = corpus.gather(np.arange(len(corpus)), data.text)
    fitted = [_fit(data, batch, *setting) for setting in SETTINGS]
    return min(fitted, key=_loss)


def _fit(
    data: ReviewDataModule, batch: Batch, weighting: Weighting, weight_decay: float
) -> dict[str, float]:
    """Fit one model, and return the metrics of its epoch with the lowest validation loss.

    Args:
        data: the prepared data.
        batch: all training reviews.
        weighting: the weighting of n-grams.
        weight_decay: the weight decay.
    """
    names, ordinal = data.classes
    objective = CrossEntropy(len(names))
    classifier = NgramClassifier(objective, data.text.vocab_size, weighting)
    classifier.start_from(data)
    optimizer = LBFGS(classifier.parameters(), weight_decay=weight_decay)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = objective.training_loss(classifier(*batch.inputs), batch.labels)
        torch.autograd.backward(value)
        return value

    epochs: list[dict[str, float]] = []
    for _ in range(MOST_EPOCHS):
        optimizer.step(loss)
        epochs.append(_measure(classifier, data, EpochMetrics(objective, names, ordinal)))
        if min(epochs, key=_loss) not in epochs[-PATIENCE:]:
            break
    return min(epochs, key=_loss)


def _loss(metrics: dict[str, float]) -> float:
    value = metrics["val/loss"]
    return math.inf if math.isnan(value) else value


@torch.inference_mode()
def _measure(
    classifier: NgramClassifier, data: ReviewDataModule, metrics: EpochMetrics
) -> dict[str, float]:
    for batch in data.loader("validation", data.eval_batch_size):
        metrics.update(classifier(*batch.inputs), batch.labels)
    return {f"val/{name}": value for name, value in metrics.compute().items()}


def _file(data: ReviewDataModule) -> Path:
    key = digest({"data": data.cache_key(), "code": code()})
    return cache_folder(data.cache_dir) / "ngram_baselines" / f"{key}.json"
