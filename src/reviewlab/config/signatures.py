"""What a `_target_` is and which arguments it takes."""

import functools
import importlib
import inspect
import typing
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Gt, Le

from reviewlab.config.part import TARGET, Part, without_parts
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt

ALLOWED = (
    "reviewlab.",
    "torch.optim.",
    "pytorch_lightning.Trainer",
    "pytorch_lightning.callbacks.",
    "pytorch_lightning.profilers.",
    "pytorch_lightning.strategies.",
)
"""Where targets may come from; a config can name nothing else, so that it cannot run other code."""


class Argument(NamedTuple):
    """One argument of a target. `annotation` is `Any` where the signature says nothing."""

    annotation: Any
    required: bool


def locate(target: Any, key: str) -> Callable[..., Any]:
    """The class or function called `target`, of which the config speaks at `key`."""
    if not isinstance(target, str) or not target.startswith(ALLOWED):
        allowed = ", ".join(prefix + "*" * prefix.endswith(".") for prefix in ALLOWED)
        raise InputError(f"{key}._target_: {target!r} is not allowed; allowed: {allowed}")
    module_name, _, name = target.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise InputError(f"{key}._target_: {target!r}: {error}") from error
    found = getattr(module, name, None)
    # The second condition keeps out what a module of ours has merely imported.
    if not callable(found) or not f"{found.__module__}.{name}".startswith(_roots()):
        hint = did_you_mean(name, (n for n in dir(module) if not n.startswith("_")))
        raise InputError(f"{key}._target_: there is no {target!r}{hint}")
    located: Callable[..., Any] = found
    return located


def read_parts(value: Any, key: str = "") -> Any:
    """Turn every node of a config that names a target into a `Part`, its values taken as they are.

    For what a run has written: it was checked then, and to check it again takes a tenth of a second
    of each job.

    Args:
        value: a config of plain types, or anything in it.
        key: where it stands.

    Raises:
        InputError: a target is not allowed, or not there.
    """
    if not isinstance(value, dict):
        return value
    parts = {n: read_parts(v, f"{key}.{n}".lstrip(".")) for n, v in value.items() if n != TARGET}
    if TARGET not in value:
        return parts
    return Part(value[TARGET], locate(value[TARGET], key), parts)


def arguments(target: Callable[..., Any], key: str) -> dict[str, Argument]:
    """The arguments of a target by name.

    Raises: InputError for one that takes any name, which would let a misspelt one pass.
    """
    found = _arguments(target)
    if found is None:
        raise InputError(
            f"{key}._target_: {target.__qualname__} takes any argument, so that none could be "
            "checked; allowed: targets that name theirs"
        )
    return found


def makes(target: Callable[..., Any]) -> Any:
    """The type of what calling `target` gives."""
    return target if inspect.isclass(target) else _hints(target).get("return", Any)


@functools.cache
def _arguments(target: Callable[..., Any]) -> dict[str, Argument] | None:
    parameters = inspect.signature(target).parameters
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters.values()):
        return None
    hints = _hints(target) | ranges(target)
    return {
        name: Argument(without_parts(hints.get(name, Any)), parameter.default is parameter.empty)
        for name, parameter in parameters.items()
    }


def _hints(target: Callable[..., Any]) -> dict[str, Any]:
    function = target.__init__ if inspect.isclass(target) else target
    return typing.get_type_hints(function, include_extras=True)


def _roots() -> tuple[str, ...]:
    return ("reviewlab.", "torch.optim.", "pytorch_lightning.")


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
