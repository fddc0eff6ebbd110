"""Import the class or function that a `_target_` names and read its signature."""

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Annotated, Any, Literal, NamedTuple

from annotated_types import Ge

from reviewlab.config.part import TARGET, Part, without_parts
from reviewlab.exceptions import InputError, did_you_mean, first_line
from reviewlab.plugins import GROUP, list_plugins, plugin_of
from reviewlab.ranges import Fraction, NonNegativeFloat, NonNegativeInt, PositiveInt, Share
from reviewlab.values import constructor_hints

ALLOWED = (
    "reviewlab.",
    "torch.optim.",
    "pytorch_lightning.Trainer",
    "pytorch_lightning.callbacks.",
    "pytorch_lightning.profilers.",
    "pytorch_lightning.strategies.",
)
"""Prefixes of the targets that a config may name, apart from plugins; all others are refused."""

ROOTS = ("reviewlab.", "torch.optim.", "pytorch_lightning.")
"""Prefixes of the modules that must define these targets, not merely import them."""


class Argument(NamedTuple):
    """An argument of a class or function; `annotation` is `Any` if the signature has none."""

    annotation: Any
    required: bool


def locate(target: Any, key: str) -> Callable[..., Any]:
    """Import the class or function that a config names.

    Args:
        target: dotted name of the class or function.
        key: dotted key of the node that names it, for messages.

    Raises:
        InputError: the target does not exist, or may not be used.
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
    """Import a target of an installed package that declares itself as a plugin."""
    module_name, _, name = target.rpartition(".")
    plugin = plugin_of(module_name)
    if plugin is None:
        prefixes = [*ALLOWED, *(f"{plugin.module}." for plugin in list_plugins())]
        allowed = ", ".join(f"{name}*" if name.endswith(".") else name for name in prefixes)
        raise InputError(
            f"{key}._target_: {target!r} is not allowed; allowed: {allowed}, or a target in a "
            f"module that an installed package registers under the entry-point group {GROUP}"
        )
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # code of another package may raise anything
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise InputError(
            f"{key}._target_: {target!r} of {plugin.distribution} {plugin.version} cannot be "
            f"imported: {reason}"
        ) from error
    return _pick(module, name, (f"{plugin.module}.",), key)


def _pick(module: ModuleType, name: str, roots: tuple[str, ...], key: str) -> Callable[..., Any]:
    """Return a class or function of a module if it is defined under one of the roots.

    Args:
        module: the imported module.
        name: name of the class or function.
        roots: prefixes of the dotted names that are allowed.
        key: dotted key of the node, for the message.

    Raises:
        InputError: the module has no such class or function.
    """
    factory = getattr(module, name, None)
    # The second condition excludes names that the module merely imports.
    if not callable(factory) or not f"{factory.__module__}.{name}".startswith(roots):
        hint = did_you_mean(name, (n for n in dir(module) if not n.startswith("_")))
        raise InputError(f"{key}._target_: there is no '{module.__name__}.{name}'{hint}")
    located: Callable[..., Any] = factory
    return located


def read_parts(value: Any, key: str = "") -> Any:
    """Turn every node of a config that names a target into a `Part`, without checking its values.

    Use it for a config that a run has written. The run checked it, and checking it again would
    take a tenth of a second per job.

    Args:
        value: a config of plain types, or any node or value in it.
        key: dotted key of `value`; empty for a whole config.

    Raises:
        InputError: a target does not exist or is not allowed.
    """
    if not isinstance(value, dict):
        return value
    parts = {n: read_parts(v, f"{key}.{n}".lstrip(".")) for n, v in value.items() if n != TARGET}
    if TARGET not in value:
        return parts
    return Part(value[TARGET], locate(value[TARGET], key), parts)


def list_arguments(target: Callable[..., Any], key: str) -> dict[str, Argument]:
    """Return a target's arguments as a dict from names to `Argument` objects.

    Raises:
        InputError: the target takes `*args` or `**kwargs`, so a misspelt name would go unnoticed.
    """
    arguments = _arguments(target)
    if arguments is None:
        raise InputError(
            f"{key}._target_: {target.__qualname__} takes arguments of any name, which cannot be "
            "checked; allowed: a target that names its arguments"
        )
    return arguments


def return_type(target: Callable[..., Any]) -> Any:
    """Return the type that calling `target` returns."""
    return target if inspect.isclass(target) else constructor_hints(target).get("return", Any)


@functools.cache
def _arguments(target: Callable[..., Any]) -> dict[str, Argument] | None:
    parameters = inspect.signature(target).parameters
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters.values()):
        return None
    hints = {**constructor_hints(target), **find_ranges(target)}
    return {
        name: Argument(without_parts(hints.get(name, Any)), parameter.default is parameter.empty)
        for name, parameter in parameters.items()
    }


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
        "overfit_batches": Literal[0],  # use debug=overfit: it keeps the same batches every epoch
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
"""Maps third-party module prefixes and argument names to stricter annotations."""


def find_ranges(target: Callable[..., Any]) -> Mapping[str, Any]:
    """Return the annotations that replace those of a third-party class, by argument name.

    They are stricter, such as `NonNegativeFloat` instead of `float`.
    """
    tables = (table for prefix, table in RANGES.items() if target.__module__.startswith(prefix))
    return next(tables, {})
