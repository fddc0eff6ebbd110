"""Keep reviewlab's own processes from importing a large library that they never use."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

FLAGS = "torchmetrics.utilities.imports"
"""The module in which torchmetrics records which libraries are installed."""


class WithoutTransformers(MetaPathFinder):
    """Makes torchmetrics believe that transformers is not installed.

    Otherwise torchmetrics imports transformers too, for metrics of generated texts. With the extra
    `pretrained` installed, this adds 0.7 s to every start and every job. Only reviewlab's own
    processes do this; in a notebook all of torchmetrics works.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the torchmetrics module that records which libraries are installed.

        When it is loaded, its flags for transformers are cleared. Return None for other modules.

        Args:
            name: dotted name of the module.
            path: folders to search, as the import system passes them.
            target: unused; part of the import system's interface.
        """
        spec = PathFinder.find_spec(name, path) if name == FLAGS else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_clear(module: ModuleType) -> None:
            load(module)
            for flag in filter(lambda name: name.startswith("_TRANSFORMERS"), vars(module)):
                setattr(module, flag, False)

        vars(spec.loader)["exec_module"] = load_and_clear
        return spec


def import_lean() -> None:
    """Make later imports of torchmetrics skip transformers; earlier imports are not affected."""
    if not any(isinstance(finder, WithoutTransformers) for finder in sys.meta_path):
        sys.meta_path.insert(0, WithoutTransformers())
