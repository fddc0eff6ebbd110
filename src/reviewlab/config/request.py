"""One run or a sweep, as a command line asks for it."""

import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.command_line import (
    apply_known,
    choices_vary,
    quote_paths,
    select_held_back,
    show_to_hydra,
)
from reviewlab.config.compose import CONFIGS, VERSION_BASE, explain_errors, to_plain
from reviewlab.config.flags import CONFIG_PATH, CommandLine, split
from reviewlab.config.foreign import refuse_foreign
from reviewlab.config.help import show_help
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
"""Keys of the folders in which Hydra would write and work, did it run the jobs."""


COMPOSABLE = ("callbacks", "experiment", "debug")
"""Groups of which several files go together; of the others each file makes one whole object."""


class RunRequest(NamedTuple):
    """One run that was asked for.

    config: resolved, of plain types, with absolute paths; not yet checked.
    overrides: what the command line said about it.
    resume: the folder to go on in; None for a new one.
    """

    config: Config
    overrides: list[str]
    resume: RunFolder | None = None


class Composed(NamedTuple):
    """A config that Hydra has composed, and what the command line said of it."""

    config: DictConfig
    arguments: list[str]


class Receiver:
    """The task that Hydra believes to run: it keeps what was composed, and runs nothing.

    Nothing may run while Hydra's global state is set, because Lightning would replay the command
    line in every rank of a distributed run.
    """

    composed: Composed | None = None

    def __call__(self, config: DictConfig) -> None:
        """Keep the config of a single run; Hydra calls this."""
        overrides = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
        self.composed = Composed(config, [str(override) for override in overrides or ()])

    def sweep(self, config: DictConfig, arguments: list[str]) -> None:
        """Keep the config of a multirun and what varies in it; `hydra_plugins` calls this."""
        self.composed = Composed(config, arguments)


def compose_request(config_name: str, argv: Sequence[str]) -> "RunRequest | SweepRequest | None":
    """Return what a command line asks for; None where Hydra answered it, as `--cfg job`."""
    line = split(quote_paths(argv))
    _refuse_hydras_folders(config_name, line.overrides)
    _refuse_lists_of_choices(line.overrides)
    _refuse_other_configs(line)
    refuse_foreign(line.overrides)
    with explain_errors(config_name, line.overrides, line.folders):
        composed = _compose(config_name, line)
        if composed is None:
            return None
        if line.is_multirun:
            # it binds nodes of the config, and so imports what `--help` has no use for
            from reviewlab.config.sweep_request import make_sweep_request

            return make_sweep_request(argv, *composed)
        _refuse_sweep_keys(line.overrides)
        return RunRequest(to_plain(composed.config), composed.arguments)


def _compose(config_name: str, line: CommandLine) -> Composed | None:
    """Let Hydra compose, with values held back where only some of the jobs know their keys."""
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
    apply_known(composed.config, held_back)
    arguments = sorted([*composed.arguments, *held_back], key=line.overrides.index)
    return Composed(composed.config, arguments)


def _run_hydra(config_name: str, line: CommandLine) -> Composed | None:
    """Run Hydra's main, which understands all of its flags, and return what it composes."""
    receiver = Receiver()
    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    helping = {"--help", "-h"} & {*line.flags}
    with (
        show_to_hydra([*line.flags, *line.overrides]),
        show_help() if helping else nullcontext(),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("error", ".* is not available", UserWarning)  # of a search path
        main(receiver)()
    return receiver.composed


def _refuse_hydras_folders(config_name: str, arguments: Sequence[str]) -> None:
    """Refuse keys that decide nothing here, rather than write elsewhere than was asked for."""
    instead = "outputs=<folder>, where run folders go" if config_name == "train" else "none of it"
    for argument in arguments:
        key = key_of(argument)
        if key in HYDRAS_FOLDERS:
            raise InputError(f"{key}: decides nothing here; allowed: {instead}")


def _refuse_lists_of_choices(arguments: Sequence[str]) -> None:
    """Refuse `model=[lstm,gru]`, from which Hydra would compose one model that is half of each."""
    for argument in arguments:
        group, value = key_of(argument), parse(argument).value or ""
        if value.startswith("[") and group not in COMPOSABLE and (CONFIGS / group).is_dir():
            first = value.strip("[]").partition(",")[0]
            raise InputError(f"{argument}: several choices; allowed: one, as in {group}={first}")


def _refuse_other_configs(line: CommandLine) -> None:
    """Refuse what would take all configs of reviewlab away from the jobs of a sweep."""
    if line.is_multirun and line.value(CONFIG_PATH) is not None:
        raise InputError(
            "--config-path: the jobs of a sweep need the configs of reviewlab; allowed: "
            "--config-dir, which adds a folder to them"
        )


def _refuse_sweep_keys(overrides: Sequence[str]) -> None:
    for override in overrides:
        if is_of_sweep(override) or is_of_launch(override):
            raise InputError(f"{override}: one run is no sweep; allowed: with -m")
