"""The classes and functions that a `_target_` may name, found by search."""

import functools
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NamedTuple

from reviewlab.config.bind import object_classes
from reviewlab.config.signatures import ALLOWED, Argument, list_arguments, return_type
from reviewlab.exceptions import InputError, first_line
from reviewlab.plugins import list_plugins, plugin_of

PACKAGES = (
    *("reviewlab.callbacks", "reviewlab.data", "reviewlab.inspection", "reviewlab.models"),
    *("reviewlab.nn", "reviewlab.text", "reviewlab.training"),
)
"""Packages whose modules define parts of an experiment."""

MODULES = (
    *("reviewlab.sweeps.local", "reviewlab.cluster.launcher", "reviewlab.cluster.ray"),
    *("torch.optim", "pytorch_lightning", "pytorch_lightning.callbacks"),
    *("pytorch_lightning.profilers", "pytorch_lightning.strategies"),
)
"""Further modules in which a config may name something."""

OF_FUNCTIONS = ("reviewlab.training.loggers", "reviewlab.training.schedulers")
"""Modules whose functions are choices of a group; elsewhere classes are."""


class Factory(NamedTuple):
    """Something that makes a part of an experiment.

    call: the class or function itself.
    names: all dotted names by which a config may name it, the shortest first.
    arguments: by name.
    """

    call: Callable[..., Any]
    names: tuple[str, ...]
    arguments: dict[str, Argument]

    def makes(self, kind: type) -> bool:
        """Tell whether it makes objects of a class."""
        return any(issubclass(made, kind) for made in object_classes(return_type(self.call)))


@functools.cache
def list_factories() -> tuple[Factory, ...]:
    """Return everything that a config may name, in order of its shortest name.

    Raises:
        InputError: a package that declares classes of its own cannot be imported.
    """
    names: dict[Callable[..., Any], list[str]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if _is_choice(module, name, value):
                names.setdefault(value, []).append(f"{module.__name__}.{name}")
    factories = (
        Factory(call, tuple(sorted(known, key=lambda name: (len(name), name))), arguments)
        for call, known in names.items()
        if (arguments := _arguments(call)) is not None
    )
    return tuple(sorted(factories, key=lambda factory: factory.names))


def _modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        yield from _walk(name)
    for name in MODULES:
        yield import_module(name)
    for plugin in list_plugins():
        try:
            yield from _walk(plugin.module)
        except Exception as error:  # it is somebody else's code
            raise InputError(
                f"{plugin.distribution} {plugin.version}: cannot be imported: "
                f"{type(error).__name__}: {first_line(error)}"
            ) from error


def _walk(name: str) -> Iterator[ModuleType]:
    """Yield a module and, where it is a package, all below it; not libraries in C."""
    spec = find_spec(name)
    if spec is not None and isinstance(spec.loader, ExtensionFileLoader):
        return
    module = import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        yield from _walk(found.name)


def _is_choice(module: ModuleType, name: str, value: Any) -> bool:
    """Tell whether a config may name something of a module, which is defined in it or below it.

    Args:
        module: that has the name; what it has merely imported is named where it is defined.
        name: of the value; one that is not public is left out.
        value: what the name stands for.
    """
    dotted = f"{module.__name__}.{name}"
    if not (dotted.startswith(ALLOWED) or plugin_of(dotted)):
        return False
    if name.startswith("_") or inspect.isabstract(value):
        return False
    is_function = inspect.isfunction(value) and module.__name__ in OF_FUNCTIONS
    if not (inspect.isclass(value) or is_function):
        return False
    return f"{value.__module__}.".startswith(f"{module.__name__}.")


def _arguments(call: Callable[..., Any]) -> dict[str, Argument] | None:
    """Return the arguments of a factory; None where a config could not name them."""
    try:
        return list_arguments(call, "")
    except (InputError, ValueError, NameError):  # any name is taken, or nothing is known of them
        return None
