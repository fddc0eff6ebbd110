"""The learning rate at each step."""

import math
from typing import Any

import pytest
import torch

from reviewlab.exceptions import InputError
from reviewlab.training.schedulers import Schedule, constant, cosine, linear, plateau, step


def optimizer(lr: float = 1.0) -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def rates(
    sgd: torch.optim.Optimizer, schedule: Schedule, steps: int, *arguments: Any
) -> list[float]:
    """Return the learning rate of each of `steps` steps."""
    seen = []
    for _ in range(steps):
        seen.append(sgd.param_groups[0]["lr"])
        sgd.step()
        schedule["scheduler"].step(*arguments)
    return seen


def test_constant_is_nothing() -> None:
    assert constant(optimizer(), total_steps=10) is None


def test_step_falls_by_epochs() -> None:
    sgd = optimizer()
    schedule = step(sgd, total_steps=10, step_size=2, gamma=0.5)
    assert schedule["interval"] == "epoch"
    assert rates(sgd, schedule, 5) == [1.0, 1.0, 0.5, 0.5, 0.25]


def test_cosine_is_the_formula_and_ends_where_it_should() -> None:
    sgd = optimizer(lr=0.1)
    schedule = cosine(sgd, total_steps=8, final_share=0.2)
    assert schedule["interval"] == "step"
    expected = [0.1 * (0.2 + 0.8 * (1 + math.cos(math.pi * t / 8)) / 2) for t in range(9)]
    assert rates(sgd, schedule, 9) == pytest.approx(expected)
    assert expected[-1] == pytest.approx(0.02)


def test_cosine_stays_at_its_end_when_a_run_goes_on() -> None:
    sgd = optimizer()
    assert rates(sgd, cosine(sgd, total_steps=4), 8)[4:] == pytest.approx([0.0] * 4, abs=1e-12)


def test_linear_is_a_line_down_from_the_end_of_its_warm_up() -> None:
    sgd = optimizer()
    schedule = linear(sgd, total_steps=10, warmup_share=0.2, final_share=0.5)
    assert schedule["interval"] == "step"
    expected = [1 / 3, 2 / 3, *(1 - 0.5 * t / 8 for t in range(9)), 0.5]
    assert rates(sgd, schedule, 12) == pytest.approx(expected)


def test_steps_of_linears_warm_up_stand_for_its_share() -> None:
    sgd = optimizer()
    assert rates(sgd, linear(sgd, 20, warmup_steps=1), 3) == pytest.approx([0.5, 1, 18 / 19])
    with pytest.raises(InputError, match="linear needs a known end"):
        linear(optimizer(), math.inf)


@pytest.mark.parametrize("warmup", [{"warmup_steps": 4}, {"warmup_share": 0.2}])
def test_warm_up_rises_from_above_nothing_to_the_learning_rate(warmup: dict[str, Any]) -> None:
    sgd = optimizer()
    seen = rates(sgd, cosine(sgd, total_steps=20, **warmup), 20)
    assert seen[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert seen[4:] == sorted(seen[4:], reverse=True)


@pytest.mark.parametrize(
    ("total", "options", "said"),
    [
        (math.inf, {}, "cosine needs a known end"),
        (10, {"warmup_steps": 10}, "scheduler.warmup_steps: 10 is not allowed; allowed: less than"),
        (10, {"warmup_steps": 1, "warmup_share": 0.1}, "scheduler.warmup_share: 0.1 cannot"),
    ],
)
def test_what_cosine_cannot_do_is_told(total: float, options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        cosine(optimizer(), total_steps=total, **options)


@pytest.mark.parametrize(("mode", "value"), [("min", 1.0), ("max", 1.0)])
def test_plateau_waits_for_its_patience(mode: Any, value: float) -> None:
    sgd = optimizer()
    schedule = plateau(sgd, 10, "val/loss", mode, factor=0.5, patience=1)
    assert schedule["monitor"] == "val/loss"
    assert schedule["interval"] == "epoch"
    assert rates(sgd, schedule, 6, value) == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
