"""Full-batch descent uses the exact gradient of the mean loss over all training reviews."""

import copy
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.tiny import Setup
from torch import Tensor

from reviewlab.training.optimizers import FullBatch

LR = 0.5
REVIEWS = 36
OBJECTIVES = [
    {},
    {"label_smoothing": 0.2},
    {"class_weight": "balanced"},
    {"class_weight": [3.0, 0.5], "label_smoothing": 0.1},
]


@pytest.fixture
def descent(setup: Setup) -> Setup:
    """Train two epochs of full-batch descent without dropout."""
    setup.optimizer = partial(FullBatch, lr=LR)
    setup.scheduler = lambda optimizer, total_steps: None
    setup.model = {"num_layers": 1}
    setup.trainer["max_epochs"] = 2
    return setup


def by_hand(setup: Setup, steps: int) -> dict[str, Tensor]:
    """Compute the weights after `steps` steps in double precision, in one batch."""
    classifier, data, _ = setup.build()
    exact = copy.deepcopy(classifier).double()
    (token_ids, mask), labels, *_ = data.corpus("train").gather(np.arange(REVIEWS), data.text)
    for _ in range(steps):
        exact.zero_grad()
        exact.objective.training_loss(exact(token_ids, mask), labels).backward()
        with torch.no_grad():
            for parameter in exact.parameters():
                parameter -= LR * parameter.grad
    return exact.state_dict()


def assert_near(weights: dict[str, Tensor], exact: dict[str, Tensor]) -> None:
    for name, wanted in exact.items():
        torch.testing.assert_close(weights[name].double(), wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("batch_size", [36, 18, 8, 7, 1])  # 8 leaves 4 over, 7 leaves 1
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_step_is_the_exact_gradient(
    descent: Setup, objective: dict[str, Any], batch_size: int
) -> None:
    descent.data["batch_size"] = batch_size
    descent.objective = objective
    result, weights = descent.run()
    assert [epoch["step"] for epoch in result.curves] == [1, 2]
    assert_near(weights, by_hand(descent, steps=2))


def test_the_losses_of_an_epoch_are_those_before_its_step(descent: Setup) -> None:
    classifier, data, _ = descent.build()
    (token_ids, mask), labels, *_ = data.corpus("train").gather(np.arange(REVIEWS), data.text)
    loss = classifier.objective.loss(classifier(token_ids, mask), labels).item()
    result, _ = descent.run()
    assert result.curves[0]["train/loss"] == pytest.approx(loss, abs=1e-6)


def test_other_optimizers_step_after_every_batch(setup: Setup) -> None:
    result, _ = setup.run()
    assert [epoch["step"] for epoch in result.curves] == [5, 10, 15]


def test_a_limited_epoch_is_exact_over_its_batches(descent: Setup) -> None:
    """With limited batches, the mean is over the remaining reviews."""
    descent.data["batch_size"] = 12
    descent.trainer |= {"max_epochs": 1, "limit_train_batches": 2}
    seen = []

    def keep(batch: Any) -> None:
        seen.append(batch)

    classifier, data, training = descent.build()
    step = classifier.training_step
    classifier.training_step = lambda batch: (keep(batch), step(batch))[1]
    exact = copy.deepcopy(descent.build()[0]).double()
    result = training.run(classifier, data)
    assert result.last["step"] == 1
    losses = [exact.objective.training_loss(exact(*b.inputs), b.labels) for b in seen]
    (sum(losses) / len(losses)).backward()
    with torch.no_grad():
        for parameter in exact.parameters():
            parameter -= LR * parameter.grad
    assert_near(classifier.state_dict(), exact.state_dict())
