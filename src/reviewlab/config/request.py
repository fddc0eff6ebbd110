"""What a command line asks for: one run, or a sweep."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.command_line import (
    apply_known,
    choices_vary,
    command_line,
    is_multirun,
    paths_quoted,
    short_lines,
    values,
)
from reviewlab.config.compose import CONFIGS, VERSION_BASE, plain, rewritten
from reviewlab.exceptions import InputError

HYDRAS_FOLDERS = (
    *("hydra.run", "hydra.run.dir", "hydra.sweep", "hydra.sweep.dir", "hydra.sweep.subdir"),
    *("hydra.output_subdir", "hydra.job.chdir"),
)
"""Where Hydra would write and work, did it run the jobs."""

Composed = tuple[DictConfig, list[str]]
"""A config, and what the command line said of it."""


class Job(NamedTuple):
    """One run that was asked for.

    config: resolved, of plain types, with absolute paths.
    overrides: what the command line said about it.
    """

    config: dict[str, Any]
    overrides: list[str]


class Request(NamedTuple):
    """A sweep that was asked for with `-m`.

    config: that of a job for which nothing varies.
    arguments: what the command line said of its jobs, values that vary included.
    choice: the file in conf/sweep/ that was chosen.
    sweep, launcher, sweeper: the nodes `sweep`, `hydra.launcher` and `hydra.sweeper`, resolved.
    """

    config: dict[str, Any]
    arguments: list[str]
    choice: str
    sweep: dict[str, Any]
    launcher: dict[str, Any]
    sweeper: dict[str, Any]

    @property
    def is_search(self) -> bool:
        """Whether jobs follow from how earlier ones end."""
        return str(self.sweeper["_target_"]).endswith(".OptunaSweeper")


def compose(config_name: str, argv: Sequence[str]) -> Job | Request | None:
    """What a command line asks for; None when it was `--help` or the like."""
    _refuse_hydras_folders(config_name, argv)
    with rewritten(config_name, argv):
        composed = _composed(config_name, paths_quoted(argv))
        if composed is None:
            return None
        config, arguments = composed
        if is_multirun(argv):
            return _request(config, arguments)
        _refuse_sweep_keys(arguments)
        return Job(plain(config), arguments)


def _composed(config_name: str, argv: Sequence[str]) -> Composed | None:
    """What Hydra composes, with values held back where only some of the jobs know their keys."""
    try:
        return _handed_out(config_name, argv)
    except ConfigCompositionException:
        if not (is_multirun(argv) and choices_vary(argv, CONFIGS)):
            raise
    held_back = values(argv)
    composed = _handed_out(config_name, [a for a in argv if a not in held_back])
    if composed is None:
        return None
    config, arguments = composed
    apply_known(config, held_back)
    return config, sorted([*arguments, *held_back], key=argv.index)


def _handed_out(config_name: str, argv: Sequence[str]) -> Composed | None:
    """What Hydra's main composes of a command line; all of its flags are understood.

    It only hands out what it composed: nothing runs while its global state is set, because
    Lightning would replay the command line in every rank of a distributed run.
    """
    handed: list[Composed] = []

    def hand_out(config: DictConfig) -> None:
        overrides = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
        handed.append((config, [str(override) for override in overrides or ()]))

    # hydra_plugins.reviewlab calls it with the config of a multirun and what varies in it
    hand_out.sweep = lambda config, arguments: handed.append((config, arguments))  # type: ignore[attr-defined]
    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    helping = {"--help", "-h"} & {*argv}
    with command_line(argv), short_lines() if helping else nullcontext():
        main(hand_out)()
    return handed[0] if handed else None


def _request(config: DictConfig, arguments: Sequence[str]) -> Request:
    nodes = (config.sweep, config.hydra.launcher, config.hydra.sweeper)
    sweep, launcher, sweeper = (OmegaConf.to_container(node, resolve=True) for node in nodes)
    as_written: Any = OmegaConf.to_container(config.sweep)  # `${seed}` is that of each job
    sweep |= {key: as_written[key] for key in ("grid", "zip")}  # type: ignore[operator]
    _refuse_sweeps_of_sweeps(arguments)
    said = [argument for argument in arguments if not _is_of_sweep(argument)]
    choice = str(config.hydra.runtime.choices["sweep"])
    return Request(plain(config), said, choice, sweep, launcher, sweeper)  # type: ignore[arg-type]


def _refuse_hydras_folders(config_name: str, arguments: Sequence[str]) -> None:
    """Say that nothing would come of it, rather than write elsewhere than was asked for."""
    instead = "outputs=<folder>, where run folders go" if config_name == "train" else "none of it"
    for argument in arguments:
        key = argument.lstrip("+~").partition("=")[0]
        if key in HYDRAS_FOLDERS:
            raise InputError(f"{key}: decides nothing here; allowed: {instead}")


def _refuse_sweeps_of_sweeps(arguments: Sequence[str]) -> None:
    for override in OverridesParser.create().parse_overrides([*filter(_is_of_sweep, arguments)]):
        if override.is_sweep_override():
            raise InputError(f"{override.input_line}: several sweeps; allowed: one at a time")


def _refuse_sweep_keys(overrides: Sequence[str]) -> None:
    for override in overrides:
        if _is_of_sweep(override):
            raise InputError(f"{override}: one run is no sweep; allowed: with -m")


def _is_of_sweep(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0]
    return key == "sweep" or key.startswith("sweep.")
