"""Experiments on text classifiers: which settings are really better, and how sure are we?

Names are imported on first use, so that ``import reviewlab`` is quick: it loads neither torch nor
Hydra.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reviewlab.api import InputError, Model, Run, Sweep, load, sweep, train

    __version__: str

__all__ = ["InputError", "Model", "Run", "Sweep", "load", "sweep", "train"]


def __getattr__(name: str) -> Any:
    """Import a name of the Python API, or look up the version, on first use."""
    if name == "__version__":
        from importlib.metadata import version

        return version("reviewlab")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("reviewlab.api"), name)


def __dir__() -> list[str]:
    """List the module's names including those of the Python API, for tab completion."""
    return sorted({*globals(), *__all__, "__version__"})
