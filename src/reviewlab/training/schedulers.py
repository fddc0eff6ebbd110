"""Learning rate schedules, in the form that Lightning's `configure_optimizers` expects.

`total_steps` is the maximum number of optimizer steps in the training; infinite if only time or
early stopping ends it.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau, StepLR

from reviewlab.exceptions import InputError
from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt, Probability


class Schedule(dict[str, Any]):
    """A torch scheduler and the interval of its steps, under the keys that Lightning reads."""


def constant(optimizer: Optimizer, total_steps: float) -> Schedule | None:
    """Keep the learning rate constant."""
    return None


def step(
    optimizer: Optimizer, total_steps: float, step_size: PositiveInt = 10, gamma: Probability = 0.1
) -> Schedule:
    """Multiply the learning rate by `gamma` after every `step_size` epochs.

    Args:
        optimizer: the optimizer to schedule.
        total_steps: not used by this schedule.
        step_size: epochs between two reductions.
        gamma: factor of each reduction.
    """
    return Schedule(scheduler=StepLR(optimizer, step_size, gamma), interval="epoch")


def cosine(
    optimizer: Optimizer,
    total_steps: float,
    warmup_steps: NonNegativeInt = 0,
    warmup_share: Fraction = 0.0,
    final_share: Probability = 0.0,
) -> Schedule:
    """Lower the learning rate at every step, along half a cosine, to `final_share` of its maximum.

    A linear warm-up over `warmup_steps`, or over `warmup_share` of all steps, comes first.

    Args:
        optimizer: the optimizer to schedule.
        total_steps: maximum number of steps in the training.
        warmup_steps: number of warm-up steps.
        warmup_share: warm-up as a share of all steps; cannot be combined with `warmup_steps`.
        final_share: the final learning rate as a share of its maximum.
    """
    warmup = _count_warmup("cosine", total_steps, warmup_steps, warmup_share)

    def share(progress: float) -> float:
        return final_share + (1 - final_share) * (1 + math.cos(math.pi * progress)) / 2

    return _rise_and_fall(optimizer, total_steps, warmup, share)


def linear(
    optimizer: Optimizer,
    total_steps: float,
    warmup_steps: NonNegativeInt = 0,
    warmup_share: Fraction = 0.1,
    final_share: Probability = 0.0,
) -> Schedule:
    """Lower the learning rate linearly to `final_share` of its maximum, as usual in fine-tuning.

    A linear warm-up over `warmup_steps`, or over `warmup_share` of all steps, comes first.

    Args:
        optimizer: the optimizer to schedule.
        total_steps: maximum number of steps in the training.
        warmup_steps: number of warm-up steps; 0 to use `warmup_share`.
        warmup_share: warm-up as a share of all steps.
        final_share: the final learning rate as a share of its maximum.
    """
    share_of_steps = 0.0 if warmup_steps else warmup_share
    warmup = _count_warmup("linear", total_steps, warmup_steps, share_of_steps)
    return _rise_and_fall(optimizer, total_steps, warmup, lambda p: 1 - (1 - final_share) * p)


def _count_warmup(name: str, total_steps: float, steps: int, share: float) -> int:
    """Return the number of steps in which the learning rate rises.

    Args:
        name: the schedule's name, for messages.
        total_steps: maximum number of steps in the training.
        steps: number of warm-up steps.
        share: warm-up as a share of all steps, instead of `steps`.

    Raises:
        InputError: the training has no limit, both are set, or all of it would be warm-up.
    """
    if math.isinf(total_steps):
        raise InputError(
            f"scheduler: {name} needs a known end, but the training has no limit; "
            "set trainer.max_epochs or trainer.max_steps above 0"
        )
    if steps and share:
        raise InputError(
            f"scheduler.warmup_share: {share} cannot be combined with warmup_steps={steps}; "
            "set at most one of them above 0"
        )
    warmup = steps or round(share * total_steps)
    if warmup >= total_steps:
        raise InputError(
            f"scheduler.warmup_steps: {warmup} is not allowed; allowed: less than the training's "
            f"{total_steps:.0f} steps"
        )
    return warmup


def _rise_and_fall(
    optimizer: Optimizer, total_steps: float, warmup: int, share: Callable[[float], float]
) -> Schedule:
    # `share` maps the progress after the warm-up, from 0 to 1, to a share of the learning rate.

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
    """Multiply the learning rate by `factor` when `monitor` stops improving.

    Args:
        optimizer: the optimizer to schedule.
        total_steps: not used by this schedule.
        monitor: the metric to watch.
        mode: "min" if a lower `monitor` is better, "max" if a higher one is.
        factor: factor of each reduction.
        patience: number of epochs without improvement that are tolerated.
        threshold: smallest relative improvement that counts.
        cooldown: number of epochs after a reduction before counting starts again.
        min_lr: lower bound of the learning rate.
    """
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
