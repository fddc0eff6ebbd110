"""Trainings on a CPU take fused steps, wherever Lightning allows them."""

from functools import partial
from typing import Any

import pytest
import torch
from tests.training.tiny import Setup
from torch.optim import Adam, Optimizer

from reviewlab.models import GRUClassifier


class Recorded(Adam):
    """An Adam that remembers the last instance that was made."""

    last: Optimizer

    def __init__(self, *arguments: Any, fused: bool | None = None, **options: Any) -> None:
        super().__init__(*arguments, fused=fused, **options)
        Recorded.last = self


@pytest.mark.parametrize(
    ("trainer", "fused"),
    [
        ({}, True),
        ({"gradient_clip_val": 0.5}, True),
        ({"precision": "64-true"}, True),
        ({"precision": "bf16-mixed"}, None),
        ({"precision": "bf16-mixed", "gradient_clip_val": 0.5}, None),
    ],
)
def test_steps_are_fused_except_in_mixed_precision(
    setup: Setup, trainer: dict[str, Any], fused: bool | None
) -> None:
    setup.trainer |= trainer
    setup.optimizer = partial(Recorded, lr=0.01)
    setup.classifier = GRUClassifier  # not all processors have an LSTM in half precision
    setup.run()
    assert Recorded.last.param_groups[0]["fused"] is fused


def test_the_result_is_that_of_torch_s_own_steps(setup: Setup) -> None:
    fused, weights = setup.run()
    setup.optimizer = partial(Adam, lr=0.01, fused=False)
    plain, plain_weights = setup.run()
    for one, other in zip(fused.curves, plain.curves, strict=True):
        assert one["train/loss"] == pytest.approx(other["train/loss"], rel=1e-4)
    for name, weight in weights.items():
        torch.testing.assert_close(weight, plain_weights[name], rtol=1e-3, atol=1e-5)
