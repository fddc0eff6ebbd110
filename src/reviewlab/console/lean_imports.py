"""Keep our own processes from importing a large library that they never use."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

FLAGS = "torchmetrics.utilities.imports"
"""The module in which torchmetrics notes which libraries are there."""


class WithoutTransformers(MetaPathFinder):
    """Lets torchmetrics believe that transformers is not there.

    It would import it, for metrics of generated texts, whenever it is imported itself: that is .7 s
    of every start and every job, with the extra `pretrained` installed. Only processes that nobody
    but reviewlab runs in are told so: in a notebook all of torchmetrics works.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module of flags, with those of transformers cleared once it is loaded."""
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
    """Import torchmetrics without transformers from now on; what was imported stays."""
    if not any(isinstance(finder, WithoutTransformers) for finder in sys.meta_path):
        sys.meta_path.insert(0, WithoutTransformers())
