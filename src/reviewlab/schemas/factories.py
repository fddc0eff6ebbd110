"""Find the classes and functions that a `_target_` may name, by searching modules."""

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
"""Further modules whose classes a config may name."""

OF_FUNCTIONS = ("reviewlab.training.loggers", "reviewlab.training.schedulers")
"""Modules of which a config may name functions too, not only classes."""


class Factory(NamedTuple):
    """A class or function that makes a part of an experiment.

    Attributes:
        call: the class or function itself.
        names: all dotted names by which a config may name it, the shortest first.
        arguments: maps the name of each argument of `call` to the argument.
    """

    call: Callable[..., Any]
    names: tuple[str, ...]
    arguments: dict[str, Argument]

    def makes(self, kind: type) -> bool:
        """Tell whether the factory makes objects of the class `kind`."""
        return any(issubclass(made, kind) for made in object_classes(return_type(self.call)))


@functools.cache
def list_factories() -> tuple[Factory, ...]:
    """Return all classes and functions that a config may name, sorted by their shortest names.

    Raises:
        InputError: importing a package that declares its own classes fails.
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
        except Exception as error:  # a plugin's code may raise anything
            raise InputError(
                f"{plugin.distribution} {plugin.version}: cannot be imported: "
                f"{type(error).__name__}: {first_line(error)}"
            ) from error


def _walk(name: str) -> Iterator[ModuleType]:
    """Yield a module and, if it is a package, all Python modules inside it."""
    spec = find_spec(name)
    if spec is not None and isinstance(spec.loader, ExtensionFileLoader):
        return
    module = import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        yield from _walk(found.name)


def _is_choice(module: ModuleType, name: str, value: Any) -> bool:
    """Tell whether `value` is a public class or function that a config may name.

    Args:
        module: the module. The value must be defined in it or in one of its submodules, not
            imported from elsewhere.
        name: the value's name in the module.
        value: the value.
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
    """Return a factory's arguments; None if its signature does not name them all."""
    try:
        return list_arguments(call, "")
    except (InputError, ValueError, NameError):  # it has *args or **kwargs, or no usable signature
        return None
