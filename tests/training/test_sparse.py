"""Trainings with sparse gradients give the same results as with dense ones."""

from functools import partial
from typing import Any

import pytest
import torch
from tests.training.tiny import Setup
from torch import nn
from torch.optim import SGD


def embedding_is_sparse(setup: Setup, **trainer: Any) -> bool:
    setup.scheduler = lambda optimizer, total_steps: None
    setup.trainer = {"max_steps": 1, **trainer}
    classifier, data, training = setup.build()
    training.run(classifier, data)
    [embedding] = [part for part in classifier.modules() if isinstance(part, nn.Embedding)]
    return embedding.sparse


@pytest.mark.parametrize(
    ("optimizer", "trainer", "sparse"),
    [
        (partial(SGD, lr=0.1), {}, True),
        (
            partial(SGD, lr=0.1),
            {"gradient_clip_val": 1.0},
            False,
        ),  # a norm needs the whole gradient
        (partial(SGD, lr=0.1, momentum=0.9), {}, False),
    ],
)
def test_plain_unclipped_sgd_alone_has_them(
    setup: Setup, optimizer: Any, trainer: dict[str, Any], sparse: bool
) -> None:
    setup.optimizer = optimizer
    assert embedding_is_sparse(setup, **trainer) is sparse


@pytest.mark.parametrize("accumulate", [1, 3])
def test_the_curves_are_those_of_dense_gradients(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, accumulate: int
) -> None:
    setup.optimizer = partial(SGD, lr=0.5)
    setup.scheduler = lambda optimizer, total_steps: None
    setup.trainer["accumulate_grad_batches"] = accumulate
    sparse, weights = setup.run()
    monkeypatch.setattr("reviewlab.models.fast_steps.use_sparse_gradients", lambda module: None)
    dense, dense_weights = setup.run()
    for one, other in zip(sparse.curves, dense.curves, strict=True):
        assert one["train/loss"] == pytest.approx(other["train/loss"], rel=1e-5)
    for name, weight in weights.items():
        torch.testing.assert_close(weight, dense_weights[name], rtol=1e-5, atol=1e-6)
