"""Plugins: other packages with models, data sets or losses that a config may name.

A plugin declares its modules in its metadata:

    [project.entry-points."reviewlab.plugins"]
    mine = "my_package"

Then `_target_: my_package.models.Mine` is allowed, and a checkpoint may name that class. A plugin
is imported only when a config or a checkpoint names one of its classes.
"""

import hashlib
import inspect
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from reviewlab.exceptions import InputError, first_line

GROUP = "reviewlab.plugins"
"""The entry point group in which plugins declare their modules."""


class Plugin(NamedTuple):
    """A module that an installed package declares.

    Attributes:
        module: the module's dotted name; its submodules belong to the plugin too.
        distribution: the name under which the package is installed.
        version: the version of the package.
    """

    module: str
    distribution: str
    version: str

    def owns(self, name: str) -> bool:
        """Tell whether a dotted name refers to the module or to anything in it."""
        return f"{name}.".startswith(f"{self.module}.")

    def sources(self) -> dict[str, Path]:
        """Map names of the module's source files to paths; empty if the module no longer exists."""
        try:
            spec = find_spec(self.module)
        except ImportError:
            return {}
        folders = [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]
        if spec is not None and spec.origin is not None and not folders:
            return {self.module: Path(spec.origin)}
        files = [(folder, file) for folder in folders for file in sorted(folder.rglob("*.py"))]
        return {f"{self.module}/{file.relative_to(folder)}": file for folder, file in files}


@cache
def list_plugins() -> tuple[Plugin, ...]:
    """Return the plugins that installed packages declare, sorted by name."""
    points = entry_points(group=GROUP)
    plugins = {Plugin(e.module, e.dist.name, e.dist.version) for e in points if e.dist is not None}
    return tuple(sorted(plugins))


def plugin_of(name: str) -> Plugin | None:
    """Return the plugin that a dotted name belongs to; None if no package declares it."""
    return next((plugin for plugin in list_plugins() if plugin.owns(name)), None)


def find_class(name: str, base: type) -> Any:
    """Import and return a plugin's class; return None if its module does not define it.

    A module is imported only if an installed package declares it as a plugin.

    Args:
        name: dotted name of the class.
        base: the class that the plugin's class must derive from.

    Raises:
        InputError: the package is not installed, or cannot be imported.
    """
    module, _, class_name = name.rpartition(".")
    plugin = plugin_of(module)
    if plugin is None:
        package = name.partition(".")[0]
        raise InputError(
            f"needs the plugin {name!r}: install the package {package!r} in a version that "
            f"registers it under the entry-point group {GROUP}"
        )
    try:
        return own_class(module, base, class_name)
    except Exception as error:  # a plugin's code may raise anything
        raise InputError(
            f"needs the plugin {name!r} of {plugin.distribution} {plugin.version}, which cannot be "
            f"imported ({type(error).__name__}: {first_line(error)})"
        ) from error


def own_class(module_name: str, base: type, name: str) -> Any:
    """Import a module and return a class that it defines; None if it defines no such class.

    Args:
        module_name: dotted name of the module.
        base: the class that the result must derive from; `base` itself is not returned.
        name: name of the class in the module.
    """
    candidate = getattr(import_module(module_name), name, None)
    if not inspect.isclass(candidate) or candidate.__module__ != module_name:
        return None
    return candidate if issubclass(candidate, base) and candidate is not base else None


def digest_sources(plugins: Sequence[Plugin]) -> dict[str, str]:
    """Map the name of each of the plugins' source files to the file's digest."""
    files = {name: path for plugin in plugins for name, path in plugin.sources().items()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in files.items()
    }


def digest_sources_of(kind: type) -> dict[str, str]:
    """Return the source digests of all plugins that define a class or one of its bases."""
    owners = {plugin_of(base.__module__) for base in inspect.getmro(kind)}
    return digest_sources(sorted(plugin for plugin in owners if plugin is not None))


def stored_name(kind: type) -> str:
    """Return the name that checkpoints store for a class, with its module if it is a plugin's."""
    own = kind.__module__.startswith("reviewlab.")
    return kind.__name__ if own else f"{kind.__module__}.{kind.__name__}"
