"""Packages of other people whose classes a config may name: own models, data sets, losses.

Such a package says in its metadata which of its modules these are:

    [project.entry-points."reviewlab.plugins"]
    mine = "my_package"

Then `_target_: my_package.models.Mine` is allowed, and a checkpoint may name that class. Nothing is
imported before a config or a checkpoint names it.
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
"""The entry point group that a package declares."""


class Plugin(NamedTuple):
    """A module that an installed package declares.

    module: its dotted name; all below it belongs to it.
    distribution: the name under which the package was installed.
    version: of the package.
    """

    module: str
    distribution: str
    version: str

    def owns(self, name: str) -> bool:
        """Tell whether a dotted name is that of the module or of something in it."""
        return f"{name}.".startswith(f"{self.module}.")

    def sources(self) -> dict[str, Path]:
        """Return the files of its code, by name; none where it is not there any more."""
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
    """Return what installed packages declare, in order of its names."""
    declared = entry_points(group=GROUP)
    found = {Plugin(e.module, e.dist.name, e.dist.version) for e in declared if e.dist is not None}
    return tuple(sorted(found))


def plugin_of(name: str) -> Plugin | None:
    """Return the plugin that a dotted name belongs to; None where no package declares it."""
    return next((plugin for plugin in list_plugins() if plugin.owns(name)), None)


def find_class(name: str, base: type) -> Any:
    """Return a class of a plugin; None where its module defines none of that name.

    Nothing is imported that no installed package declares.

    Args:
        name: its dotted name.
        base: that it derives from.

    Raises:
        InputError: the package is not installed, or cannot be imported.
    """
    module, _, class_name = name.rpartition(".")
    plugin = plugin_of(module)
    if plugin is None:
        package = name.partition(".")[0]
        raise InputError(
            f"needs {name!r}: install the package {package!r}, which has to declare it as {GROUP}"
        )
    try:
        return own_class(module, base, class_name)
    except Exception as error:  # it is somebody else's code
        raise InputError(
            f"needs {name!r} of {plugin.distribution} {plugin.version}, which cannot be imported"
            f" ({type(error).__name__}: {first_line(error)})"
        ) from error


def own_class(module_name: str, base: type, name: str) -> Any:
    """Return the class that a module defines under a name, or None.

    Args:
        module_name: dotted name of the module, which is imported.
        base: that the class derives from.
        name: of the class.
    """
    candidate = getattr(import_module(module_name), name, None)
    if not inspect.isclass(candidate) or candidate.__module__ != module_name:
        return None
    return candidate if issubclass(candidate, base) and candidate is not base else None


def digest_sources(plugins: Sequence[Plugin]) -> dict[str, str]:
    """Return by file a digest of the code of plugins."""
    files = {name: path for plugin in plugins for name, path in plugin.sources().items()}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for name, path in files.items()
    }


def digest_sources_of(kind: type) -> dict[str, str]:
    """Return the digests of the plugins in which a class and its bases are defined."""
    owners = {plugin_of(base.__module__) for base in inspect.getmro(kind)}
    return digest_sources(sorted(plugin for plugin in owners if plugin is not None))


def stored_name(kind: type) -> str:
    """Return the name of a class in a checkpoint: with its module where it is not of reviewlab."""
    own = kind.__module__.startswith("reviewlab.")
    return kind.__name__ if own else f"{kind.__module__}.{kind.__name__}"
