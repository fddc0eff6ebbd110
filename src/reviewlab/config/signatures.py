"""The classes and functions that `_target_` names, and the arguments that they take."""

import functools
import importlib
import inspect
import typing
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge

from reviewlab.config.part import TARGET, Part, without_parts
from reviewlab.exceptions import InputError, did_you_mean, first_line
from reviewlab.plugins import GROUP, list_plugins, plugin_of
from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt, Share

ALLOWED = (
    "reviewlab.",
    "torch.optim.",
    "pytorch_lightning.Trainer",
    "pytorch_lightning.callbacks.",
    "pytorch_lightning.profilers.",
    "pytorch_lightning.strategies.",
)
"""Prefixes of the targets that a config may name, so that it cannot run other code."""

ROOTS = ("reviewlab.", "torch.optim.", "pytorch_lightning.")
"""Prefixes of the modules that define those targets."""


class Argument(NamedTuple):
    """One argument of a target. `annotation` is `Any` where the signature says nothing."""

    annotation: Any
    required: bool


def locate(target: Any, key: str) -> Callable[..., Any]:
    """Import the class or function that a config names.

    Args:
        target: its dotted name.
        key: of the node that names it.

    Raises:
        InputError: nothing of that name may be built.
    """
    if not isinstance(target, str):
        raise InputError(f"{key}._target_: {target!r} is not allowed; allowed: a dotted name")
    if not target.startswith(ALLOWED):
        return _locate_in_plugin(target, key)
    module_name, _, name = target.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise InputError(f"{key}._target_: {target!r}: {error}") from error
    return _pick(module, name, ROOTS, key)


def _locate_in_plugin(target: str, key: str) -> Callable[..., Any]:
    """Import what a config names of a package that declares it."""
    module_name, _, name = target.rpartition(".")
    plugin = plugin_of(module_name)
    if plugin is None:
        prefixes = [*ALLOWED, *(f"{plugin.module}." for plugin in list_plugins())]
        allowed = ", ".join(f"{name}*" if name.endswith(".") else name for name in prefixes)
        raise InputError(
            f"{key}._target_: {target!r} is not allowed; allowed: {allowed}, or what an installed "
            f"package declares as {GROUP}"
        )
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # it is somebody else's code
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise InputError(
            f"{key}._target_: {target!r} of {plugin.distribution} {plugin.version} cannot be "
            f"imported: {reason}"
        ) from error
    return _pick(module, name, (f"{plugin.module}.",), key)


def _pick(module: ModuleType, name: str, roots: tuple[str, ...], key: str) -> Callable[..., Any]:
    """Return a class or function of a module that is defined below one of the roots."""
    factory = getattr(module, name, None)
    # The second condition keeps out what a module of ours has merely imported.
    if not callable(factory) or not f"{factory.__module__}.{name}".startswith(roots):
        hint = did_you_mean(name, (n for n in dir(module) if not n.startswith("_")))
        raise InputError(f"{key}._target_: there is no '{module.__name__}.{name}'{hint}")
    located: Callable[..., Any] = factory
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


def list_arguments(target: Callable[..., Any], key: str) -> dict[str, Argument]:
    """Return the arguments of a target by name.

    Raises:
        InputError: it takes any name, which would let a misspelt one pass.
    """
    named = _arguments(target)
    if named is None:
        raise InputError(
            f"{key}._target_: {target.__qualname__} takes any argument, so that none could be "
            "checked; allowed: targets that name theirs"
        )
    return named


def return_type(target: Callable[..., Any]) -> Any:
    """Return the type of what calling `target` gives."""
    return target if inspect.isclass(target) else _hints(target).get("return", Any)


@functools.cache
def _arguments(target: Callable[..., Any]) -> dict[str, Argument] | None:
    parameters = inspect.signature(target).parameters
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters.values()):
        return None
    hints = {**_hints(target), **find_ranges(target)}
    return {
        name: Argument(without_parts(hints.get(name, Any)), parameter.default is parameter.empty)
        for name, parameter in parameters.items()
    }


def _hints(target: Callable[..., Any]) -> Mapping[str, Any]:
    function = target.__init__ if inspect.isclass(target) else target
    return typing.get_type_hints(function, include_extras=True)


UNLIMITED = Annotated[int, Ge(-1)]
BUDGET = PositiveInt | Literal[-1]

RANGES: Mapping[str, Mapping[str, Any]] = {
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
        "limit_train_batches": PositiveInt | Share | None,
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


def find_ranges(target: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the annotations that replace those of `target`, by argument."""
    tables = (table for prefix, table in RANGES.items() if target.__module__.startswith(prefix))
    return next(tables, {})
