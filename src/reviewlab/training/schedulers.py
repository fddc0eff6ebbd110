"""Schedules of the learning rate, in the form that Lightning's `configure_optimizers` wants.

`total_steps` is how many optimizer steps the training will take at most; infinite when only time
or early stopping ends it.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau, StepLR

from reviewlab.exceptions import InputError
from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt, Probability


class Schedule(dict[str, Any]):
    """A torch scheduler and when it is stepped, under the keys that Lightning reads."""


def constant(optimizer: Optimizer, total_steps: float) -> Schedule | None:
    """The learning rate stays what it is."""
    return None


def step(
    optimizer: Optimizer, total_steps: float, step_size: PositiveInt = 10, gamma: Probability = 0.1
) -> Schedule:
    """Times `gamma` after every `step_size` epochs."""
    return Schedule(scheduler=StepLR(optimizer, step_size, gamma), interval="epoch")


def cosine(
    optimizer: Optimizer,
    total_steps: float,
    warmup_steps: NonNegativeInt = 0,
    warmup_share: Fraction = 0.0,
    final_share: Probability = 0.0,
) -> Schedule:
    """Half a cosine from the learning rate down to `final_share` of it, step by step.

    Before that it rises linearly over `warmup_steps`, or over `warmup_share` of all steps.
    """
    warmup = _count_warmup("cosine", total_steps, warmup_steps, warmup_share)

    def share(progress: float) -> float:
        return final_share + (1 - final_share) * (1 + math.cos(math.pi * progress)) / 2

    return _fall(optimizer, total_steps, warmup, share)


def linear(
    optimizer: Optimizer,
    total_steps: float,
    warmup_steps: NonNegativeInt = 0,
    warmup_share: Fraction = 0.1,
    final_share: Probability = 0.0,
) -> Schedule:
    """A line from the learning rate down to `final_share` of it, as encoders are fine-tuned.

    Before that it rises linearly over `warmup_steps`, or over `warmup_share` of all steps where
    those are 0.
    """
    share_of_steps = 0.0 if warmup_steps else warmup_share
    warmup = _count_warmup("linear", total_steps, warmup_steps, share_of_steps)
    return _fall(optimizer, total_steps, warmup, lambda p: 1 - (1 - final_share) * p)


def _count_warmup(name: str, total_steps: float, steps: int, share: float) -> int:
    """Return the steps in which the learning rate rises.

    Args:
        name: of the schedule, for the message.
        total_steps: of the training.
        steps: as the config says.
        share: of all steps; instead of `steps`.

    Raises:
        InputError: nothing limits the training, or too much of it would be warm-up.
    """
    if math.isinf(total_steps):
        raise InputError(
            f"scheduler: {name} has to know where it ends, but the training is not limited; "
            "allowed: trainer.max_epochs or trainer.max_steps above 0"
        )
    if steps and share:
        raise InputError(
            f"scheduler.warmup_share: {share} beside warmup_steps: {steps}; "
            "allowed: one of them above 0"
        )
    warmup = steps or round(share * total_steps)
    if warmup >= total_steps:
        raise InputError(
            f"scheduler.warmup_steps: {warmup} is not allowed; allowed: less than the training's "
            f"{total_steps:.0f} steps"
        )
    return warmup


def _fall(
    optimizer: Optimizer, total_steps: float, warmup: int, share: Callable[[float], float]
) -> Schedule:
    """Rise linearly over `warmup` steps, then follow `share` of the progress from 0 to 1."""

    def factor(taken: int) -> float:
        if taken < warmup:
            return (taken + 1) / (warmup + 1)
        return share(min(1.0, (taken - warmup) / (total_steps - warmup)))

    return Schedule(scheduler=LambdaLR(optimizer, factor), interval="step")


def plateau(
    optimizer: Optimizer,
    total_steps: float,
    monitor: str,
    mode: Literal["min", "max"] = "min",
    factor: Fraction = 0.1,
    patience: NonNegativeInt = 2,
    threshold: NonNegativeFloat = 1e-4,
    cooldown: NonNegativeInt = 0,
    min_lr: NonNegativeFloat = 0.0,
) -> Schedule:
    """Times `factor` when `monitor` has not got better for more than `patience` epochs."""
    scheduler = ReduceLROnPlateau(
        optimizer,
        mode=mode,
        factor=factor,
        patience=patience,
        threshold=threshold,
        cooldown=cooldown,
        min_lr=min_lr,
    )
    return Schedule(scheduler=scheduler, interval="epoch", monitor=monitor)
