"""One run or a sweep, as a command line asks for it."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.bind import bind
from reviewlab.config.command_line import (
    apply_known,
    choices_vary,
    is_multirun,
    quote_paths,
    select_held_back,
    show_to_hydra,
    wrap_help,
)
from reviewlab.config.compose import CONFIGS, VERSION_BASE, explain_errors, to_plain
from reviewlab.config.part import TARGET, Part
from reviewlab.exceptions import InputError
from reviewlab.overrides import key_of, parse
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config
from reviewlab.sweeps.settings import Launcher, SearchSettings, SweepSettings

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


class SweepRequest(NamedTuple):
    """A sweep that was asked for with `-m`.

    config: that of a job for which nothing varies, resolved and of plain types.
    arguments: what the command line said of its jobs, values that vary included.
    choice: the file in conf/sweep/ that was chosen.
    settings: the node `sweep`; its grids are as written, since `${seed}` is that of each job.
    launcher: the node `hydra.launcher`.
    search: the node `hydra.sweeper` where jobs follow from how earlier ones end; None for a grid.
    """

    config: Config
    arguments: list[str]
    choice: str
    settings: SweepSettings
    launcher: Part[Launcher]
    search: SearchSettings | None


@dataclass(frozen=True)
class HydraNode:
    """The node `hydra`, as far as a sweep reads it."""

    launcher: Part[Launcher]


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


def compose_request(config_name: str, argv: Sequence[str]) -> RunRequest | SweepRequest | None:
    """Return what a command line asks for; None when it was `--help` or the like."""
    _refuse_hydras_folders(config_name, argv)
    _refuse_lists_of_choices(argv)
    with explain_errors(config_name, argv):
        composed = _compose(config_name, quote_paths(argv))
        if composed is None:
            return None
        if is_multirun(argv):
            return _sweep_request(composed)
        _refuse_sweep_keys(composed.arguments)
        return RunRequest(to_plain(composed.config), composed.arguments)


def _compose(config_name: str, argv: Sequence[str]) -> Composed | None:
    """Let Hydra compose, with values held back where only some of the jobs know their keys."""
    try:
        return _run_hydra(config_name, argv)
    except ConfigCompositionException:
        if not (is_multirun(argv) and choices_vary(argv, CONFIGS)):
            raise
    held_back = select_held_back(argv)
    composed = _run_hydra(config_name, [a for a in argv if a not in held_back])
    if composed is None:
        return None
    apply_known(composed.config, held_back)
    arguments = sorted([*composed.arguments, *held_back], key=argv.index)
    return Composed(composed.config, arguments)


def _run_hydra(config_name: str, argv: Sequence[str]) -> Composed | None:
    """Run Hydra's main, which understands all of its flags, and return what it composes."""
    receiver = Receiver()
    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    helping = {"--help", "-h"} & {*argv}
    with show_to_hydra(argv), wrap_help() if helping else nullcontext():
        main(receiver)()
    return receiver.composed


def _sweep_request(composed: Composed) -> SweepRequest:
    config = composed.config
    _refuse_sweeps_of_sweeps(composed.arguments)
    return SweepRequest(
        to_plain(config),
        [argument for argument in composed.arguments if not _is_of_sweep(argument)],
        str(config.hydra.runtime.choices["sweep"]),
        _sweep_settings(config.sweep),
        bind({"launcher": _resolved(config.hydra.launcher)}, HydraNode, "hydra").launcher,
        _search_settings(_resolved(config.hydra.sweeper)),
    )


def _sweep_settings(node: DictConfig) -> SweepSettings:
    written: Any = OmegaConf.to_container(node)
    grids = {key: written[key] for key in ("grid", "zip")}
    return bind({**_resolved(node), **grids}, SweepSettings, "sweep")


def _search_settings(sweeper: Config) -> SearchSettings | None:
    target = str(sweeper.pop(TARGET))
    if not target.endswith(".OptunaSweeper"):
        return None
    return bind(sweeper, SearchSettings, "hydra.sweeper")


def _resolved(node: DictConfig) -> Config:
    resolved: Any = OmegaConf.to_container(node, resolve=True)
    return {str(key): value for key, value in resolved.items()}


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


def _refuse_sweeps_of_sweeps(arguments: Sequence[str]) -> None:
    for override in OverridesParser.create().parse_overrides([*filter(_is_of_sweep, arguments)]):
        if override.is_sweep_override():
            raise InputError(f"{override.input_line}: several sweeps; allowed: one at a time")


def _refuse_sweep_keys(overrides: Sequence[str]) -> None:
    for override in overrides:
        if _is_of_sweep(override):
            raise InputError(f"{override}: one run is no sweep; allowed: with -m")


def _is_of_sweep(override: str) -> bool:
    key = key_of(override)
    return key == "sweep" or key.startswith("sweep.")
