"""Hydra sweepers that pass a multirun on to `reviewlab`.

Hydra imports this file at every start, so the file imports nothing slow. `reviewlab` itself
expands, checks and runs the sweep after Hydra's global state has been cleared; see
`reviewlab.config`.
"""

from typing import Any

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig
from typing_extensions import override


class GridSweeper(Sweeper):
    """Runs all combinations of the values that vary.

    Args:
        options: ignored, since the config that is passed on contains them too.
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
            task_function: a `Receiver`, whose method `sweep` stores the config and the arguments.
            config: the composed config.
        """
        self._config, self._task = config, task_function

    def sweep(self, arguments: list[str]) -> None:
        """Pass on the config and the arguments from which the jobs are made."""
        self._task.sweep(self._config, arguments)


class OptunaSweeper(GridSweeper):
    """Runs combinations that are chosen based on earlier results."""
