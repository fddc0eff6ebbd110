"""Ranges that torch's and Lightning's signatures do not tell.

Some of these their constructors refuse, in words that do not say what is allowed; others they take,
and the training goes wrong. An annotation here stands for theirs.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le

from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt

UNLIMITED = Annotated[int, Ge(-1)]
BUDGET = PositiveInt | Literal[-1]
SHARE = Annotated[float, Gt(0), Le(1)]

RANGES: dict[str, dict[str, Any]] = {
    "torch.optim.": {
        "lr": NonNegativeFloat,
        "lr_decay": NonNegativeFloat,
        "initial_accumulator_value": NonNegativeFloat,
        "eps": NonNegativeFloat,
        "weight_decay": NonNegativeFloat,
        "momentum": NonNegativeFloat,
        "alpha": NonNegativeFloat,
        "betas": tuple[Fraction, Fraction],
    },
    "pytorch_lightning.trainer.": {
        "max_epochs": BUDGET | None,
        "max_steps": BUDGET,
        "limit_train_batches": PositiveInt | SHARE | None,
        "overfit_batches": Literal[0],  # debug=overfit has the same batches every epoch
        "num_sanity_val_steps": UNLIMITED | None,
        "min_epochs": NonNegativeInt | None,
        "min_steps": NonNegativeInt | None,
        "gradient_clip_val": NonNegativeFloat | None,
        "accumulate_grad_batches": PositiveInt,
        "check_val_every_n_epoch": PositiveInt | None,
        "log_every_n_steps": NonNegativeInt | None,
        "num_nodes": PositiveInt,
    },
    "pytorch_lightning.callbacks.": {
        "patience": NonNegativeInt,
        "min_delta": NonNegativeFloat,
    },
}
"""By the module of a target, annotations of its arguments by name."""


def ranges(target: Callable[..., Any]) -> dict[str, Any]:
    """Annotations that stand for those of `target`, by argument."""
    known = (table for prefix, table in RANGES.items() if target.__module__.startswith(prefix))
    return next(known, {})
