"""Turn a command line into a request for one run or a sweep."""

import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.command_line import (
    apply_existing,
    choices_vary,
    quote_paths,
    select_held_back,
    show_to_hydra,
)
from reviewlab.config.compose import CONFIGS, VERSION_BASE, explain_errors, to_plain
from reviewlab.config.flags import CONFIG_PATH, CommandLine, split
from reviewlab.config.foreign import refuse_foreign
from reviewlab.config.help import show_help
from reviewlab.config.logger_choice import GROUP, collapse_loggers, expand_loggers
from reviewlab.config.sources import is_of_launch
from reviewlab.exceptions import InputError
from reviewlab.overrides import is_of_sweep, key_of, parse
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config

if TYPE_CHECKING:
    from reviewlab.config.sweep_request import SweepRequest

HYDRAS_FOLDERS = (
    *("hydra.run", "hydra.run.dir", "hydra.sweep", "hydra.sweep.dir", "hydra.sweep.subdir"),
    *("hydra.output_subdir", "hydra.job.chdir"),
)
"""Keys of the folders that Hydra itself would write to or change into if it ran the jobs."""


COMPOSABLE = ("callbacks", "experiment", "debug", GROUP)
"""Groups of which several files can be chosen; in all others, each file is a complete object."""


class RunRequest(NamedTuple):
    """A request for one run.

    Args:
        config: the resolved config, of plain types, with absolute paths; not yet checked.
        overrides: the command line's overrides.
        resume: the run folder to continue; None for a new run.
    """

    config: Config
    overrides: list[str]
    resume: RunFolder | None = None


class Composed(NamedTuple):
    """A config that Hydra has composed, and the command line's overrides (`arguments`)."""

    config: DictConfig
    arguments: list[str]


class Receiver:
    """The task function for Hydra: it stores the composed config and runs nothing.

    Nothing may run while Hydra's global state is set. Otherwise Lightning would run the command
    line again in every rank of a distributed run.
    """

    composed: Composed | None = None

    def __call__(self, config: DictConfig) -> None:
        """Store the config of a single run; called by Hydra."""
        overrides = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
        self.composed = Composed(config, [str(override) for override in overrides or ()])

    def sweep(self, config: DictConfig, arguments: list[str]) -> None:
        """Store the config and the arguments of a multirun; called by `hydra_plugins`."""
        self.composed = Composed(config, arguments)


def compose_request(config_name: str, argv: Sequence[str]) -> "RunRequest | SweepRequest | None":
    """Turn a command line into a request for a run or, with -m, for a sweep.

    Args:
        config_name: name of the primary config in conf/.
        argv: the command line.

    Returns:
        The request; None if Hydra has handled the command line itself, as with `--cfg job`.

    Raises:
        InputError: an argument is not allowed, or Hydra cannot compose the config.
    """
    line = split(quote_paths(argv))
    _refuse_hydras_folders(config_name, line.overrides)
    _refuse_lists_of_choices(line.overrides)
    _refuse_other_configs(line)
    refuse_foreign(line.overrides)
    line = line._replace(overrides=expand_loggers(line.overrides))
    with explain_errors(config_name, line.overrides, line.folders):
        composed = _compose(config_name, line)
        if composed is None:
            return None
        if line.is_multirun:
            # imported late: it imports the code that checks configs, which `--help` does not need
            from reviewlab.config.sweep_request import make_sweep_request

            return make_sweep_request(argv, *composed)
        _refuse_sweep_keys(line.overrides)
        return RunRequest(to_plain(composed.config), collapse_loggers(composed.arguments))


def _compose(config_name: str, line: CommandLine) -> Composed | None:
    """Compose the config with Hydra.

    Hydra refuses `model=lstm,pretrained model.source=a`, since only some of the sweep's jobs have
    the key `model.source`. In that case, compose without such overrides, and then apply those
    whose key exists.
    """
    try:
        return _run_hydra(config_name, line)
    except ConfigCompositionException:
        if not (line.is_multirun and choices_vary(line.overrides, CONFIGS)):
            raise
    held_back = select_held_back(line.overrides)
    first = [override for override in line.overrides if override not in held_back]
    composed = _run_hydra(config_name, line._replace(overrides=first))
    if composed is None:
        return None
    apply_existing(composed.config, held_back)
    arguments = sorted([*composed.arguments, *held_back], key=line.overrides.index)
    return Composed(composed.config, arguments)


def _run_hydra(config_name: str, line: CommandLine) -> Composed | None:
    """Run Hydra's main, which handles all of its flags.

    Returns:
        The composed config; None if Hydra has handled the command line itself.
    """
    receiver = Receiver()
    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    asks_for_help = {"--help", "-h"} & {*line.flags}
    with (
        show_to_hydra([*line.flags, *line.overrides]),
        show_help() if asks_for_help else nullcontext(),
        warnings.catch_warnings(),
    ):
        # raised for a missing folder of hydra.searchpath
        warnings.filterwarnings("error", ".* is not available", UserWarning)
        main(receiver)()
    return receiver.composed


def _refuse_hydras_folders(config_name: str, arguments: Sequence[str]) -> None:
    """Refuse overrides of Hydra's folders: they have no effect, since Hydra runs no jobs here."""
    remedy = (
        "outputs=<folder> sets where run folders go" if config_name == "train" else "leave it out"
    )
    for argument in arguments:
        key = key_of(argument)
        if key in HYDRAS_FOLDERS:
            raise InputError(f"{key}: has no effect here; {remedy}")


def _refuse_lists_of_choices(arguments: Sequence[str]) -> None:
    """Refuse `model=[lstm,gru]`, which Hydra would merge into one mixed model."""
    for argument in arguments:
        group, value = key_of(argument), parse(argument).value or ""
        if value.startswith("[") and group not in COMPOSABLE and (CONFIGS / group).is_dir():
            first = value.strip("[]").partition(",")[0]
            raise InputError(f"{argument}: only one choice is allowed, such as {group}={first}")


def _refuse_other_configs(line: CommandLine) -> None:
    """Refuse `--config-path` in a sweep: the jobs would not find reviewlab's configs."""
    if line.is_multirun and line.value(CONFIG_PATH) is not None:
        raise InputError(
            "--config-path: would hide reviewlab's configs from the jobs of the sweep; use "
            "--config-dir, which adds your configs to reviewlab's"
        )


def _refuse_sweep_keys(overrides: Sequence[str]) -> None:
    for override in overrides:
        if is_of_sweep(override) or is_of_launch(override):
            raise InputError(f"{override}: only a sweep has this setting; add -m")
