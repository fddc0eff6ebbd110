"""Hydra sweepers that pass a multirun on to `reviewlab`.

Hydra imports this file at every start, so it imports nothing slow. The sweep is expanded, checked
and run by `reviewlab` itself, after Hydra's global state has been cleared: see `reviewlab.config`.
"""

from typing import Any

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig
from typing_extensions import override


class GridSweeper(Sweeper):
    """Runs all combinations of the values that vary.

    Args:
        options: ignored, since the config that is passed on holds them as well.
    """

    def __init__(self, **options: Any) -> None:
        self._config: DictConfig | None = None
        self._task: Any = None

    @override
    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Store the config and the task for `sweep`.

        Args:
            hydra_context: ignored.
            task_function: has the attribute `sweep`, which runs the sweep.
            config: the composed config.
        """
        self._config, self._task = config, task_function

    def sweep(self, arguments: list[str]) -> None:
        """Pass on the config and the arguments that the jobs are made from."""
        self._task.sweep(self._config, arguments)


class OptunaSweeper(GridSweeper):
    """Runs combinations that are chosen from the results of earlier ones."""
