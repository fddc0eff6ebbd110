"""L-BFGS with weight decay finds the unique minimum, and its runs can be resumed."""

import math
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback
from tests.training.tiny import Setup
from torch import Tensor, nn

from reviewlab.callbacks import Interrupted
from reviewlab.models.metrics import EpochMetrics
from reviewlab.training.optimizers import LBFGS

DECAY = 0.3


class Ridge:
    """A linear regression with half the mean squared error as loss."""

    def __init__(self, decay: float) -> None:
        generator = torch.Generator().manual_seed(0)
        self.inputs = torch.randn(30, 4, generator=generator, dtype=torch.float64)
        self.wanted = torch.randn(30, generator=generator, dtype=torch.float64)
        self.weight = nn.Parameter(torch.ones(4, dtype=torch.float64))
        self.decay = decay
        self.optimizer = LBFGS([self.weight], weight_decay=decay)
        self.evaluations = 0

    def loss(self, weight: Tensor) -> Tensor:
        return (self.inputs @ weight - self.wanted).square().mean() / 2

    def closure(self) -> Tensor:
        self.evaluations += 1
        self.optimizer.zero_grad()
        loss = self.loss(self.weight)
        loss.backward()
        return loss

    def minimum(self) -> Tensor:
        """Compute the minimum by the normal equations."""
        gram = self.inputs.T @ self.inputs / 30 + self.decay * torch.eye(4, dtype=torch.float64)
        return torch.linalg.solve(gram, self.inputs.T @ self.wanted / 30)


@pytest.mark.parametrize("decay", [0.0, DECAY, 10.0])
def test_it_finds_the_minimum_of_a_ridge_regression(decay: float) -> None:
    ridge = Ridge(decay)
    for _ in range(5):
        ridge.optimizer.step(ridge.closure)
    torch.testing.assert_close(ridge.weight.detach(), ridge.minimum(), atol=1e-4, rtol=0)


def test_the_decay_is_part_of_the_loss_that_is_searched() -> None:
    ridge = Ridge(DECAY)
    before = ridge.loss(ridge.weight).item()
    told = ridge.optimizer.step(ridge.closure)
    assert float(told) == pytest.approx(before + DECAY / 2 * 4)  # four weights of 1
    assert ridge.evaluations > 1


def test_what_has_no_gradient_does_not_decay() -> None:
    frozen = nn.Parameter(torch.ones(2), requires_grad=False)
    trained = nn.Parameter(torch.ones(1))
    optimizer = LBFGS([trained, frozen], weight_decay=DECAY)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = trained.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == pytest.approx(1 + DECAY / 2)
    assert frozen.tolist() == [1.0, 1.0]
    assert trained.detach().abs().max() < 1e-4


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return ngrams(tmp_path)


def ngrams(folder: Path, *callbacks: Callback, **data: Any) -> Setup:
    made = Setup(folder)
    made.use_ngrams()
    made.data |= data
    made.trainer["max_epochs"] = 6
    made.callbacks = lambda: [*callbacks]
    return made


class Evaluations:
    """Counts the closures that a training evaluates."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        decayed = LBFGS._add_decay

        def counted(optimizer: LBFGS, loss: Tensor) -> Tensor:
            self.count += 1
            return decayed(optimizer, loss)

        monkeypatch.setattr(LBFGS, "_add_decay", counted)


def test_an_epoch_measures_each_review_once_where_its_step_began(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations = Evaluations(monkeypatch)
    setup.trainer["max_epochs"] = 2
    classifier, data, training = setup.build()
    reviews: list[int] = []
    compute = EpochMetrics.compute

    def counted(metrics: EpochMetrics) -> dict[str, float]:
        reviews.append(sum(map(len, metrics.state()["labels"])))
        return compute(metrics)

    monkeypatch.setattr(EpochMetrics, "compute", counted)
    result = training.run(classifier, data)
    assert evaluations.count > 2
    assert reviews == [9, 36, 9, 36]  # held out and trained, of each epoch
    first, second = result.curves
    assert first["train/loss"] == pytest.approx(math.log(2))  # all weights are 0
    assert first["train/training_loss"] == pytest.approx(first["train/loss"])
    assert second["train/loss"] == pytest.approx(loss_after_one_epoch(setup), abs=1e-6)


def loss_after_one_epoch(setup: Setup) -> float:
    shorter = ngrams(setup.folder / "shorter")
    shorter.trainer["max_epochs"] = 1
    classifier, data, training = shorter.build()
    training.run(classifier, data)
    (token_ids, mask), labels, *_ = data.corpus("train").gather(np.arange(36), data.text)
    return classifier.objective.loss(classifier(token_ids, mask), labels).item()


class AtEpoch(Callback):
    """Stops the run after a batch, which is a whole epoch."""

    def __init__(self, epoch: int, stop: Callable[[], None]) -> None:
        self.epoch, self.stop = epoch, stop

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        if trainer.current_epoch == self.epoch:
            self.stop()


def kill() -> None:
    raise SystemExit


INTERRUPT = partial(os.kill, os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("data", [{}, {"validation": 0.0}], ids=["held out", "nothing held out"])
@pytest.mark.parametrize(("stop", "raised"), [(INTERRUPT, Interrupted), (kill, SystemExit)])
def test_a_resumed_run_goes_on_along_the_same_directions(
    tmp_path: Path, stop: Any, raised: Any, data: dict[str, Any]
) -> None:
    whole, weights = ngrams(tmp_path / "whole", **data).run()
    stopped = tmp_path / "stopped"
    with pytest.raises(raised):
        ngrams(stopped, AtEpoch(2, stop), **data).run()
    last = stopped / "checkpoints" / "last.ckpt"
    saved = torch.load(last, weights_only=True)
    assert saved["global_step"] in (2, 3)
    [curvature] = saved["optimizer_states"][0]["state"].values()
    assert curvature["old_dirs"]
    resumed, resumed_weights = ngrams(stopped, **data).run(resume=True)
    assert resumed.curves == whole.curves and len(whole.curves) == 6
    assert resumed.best_epoch == whole.best_epoch
    assert all(torch.equal(resumed_weights[name], weights[name]) for name in weights)


def test_a_resumed_run_needs_the_curvature(tmp_path: Path) -> None:
    """Without earlier directions the results would be identical bits."""
    _, weights = ngrams(tmp_path / "whole").run()
    with pytest.raises(SystemExit):
        ngrams(tmp_path / "stopped", AtEpoch(2, kill)).run()
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    saved = torch.load(last, weights_only=True)
    saved["optimizer_states"][0]["state"] = {}
    torch.save(saved, last)
    _, other = ngrams(tmp_path / "stopped").run(resume=True)
    assert not torch.equal(other["encoder.weight"], weights["encoder.weight"])
