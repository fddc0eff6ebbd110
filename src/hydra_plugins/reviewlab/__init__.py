"""The sweepers that Hydra finds: each hands a multirun on to `reviewlab`.

Hydra imports this file at every start, so that it imports nothing that takes time. What varies is
expanded, checked and run behind Hydra's back, when its global state is gone: `reviewlab.config`.
"""

from typing import Any

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig
from typing_extensions import override


class GridSweeper(Sweeper):
    """All combinations of what varies.

    Args:
        options: unread here; they are in the config that is handed on.
    """

    def __init__(self, **options: Any) -> None:
        self._config: DictConfig | None = None
        self._task: Any = None

    @override
    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Keep what is handed on."""
        self._config, self._task = config, task_function

    def sweep(self, arguments: list[str]) -> None:
        """Hand on the config and the arguments that jobs are made from."""
        self._task.sweep(self._config, arguments)


class OptunaSweeper(GridSweeper):
    """Combinations that follow from how earlier ones ended."""
