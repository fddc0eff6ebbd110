"""A request for a sweep, from a command line with `-m`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS, compose_unresolved, to_plain
from reviewlab.config.grammar import Grammar, render
from reviewlab.config.part import TARGET, Part
from reviewlab.config.sources import Sources, read_launch, read_sources
from reviewlab.exceptions import InputError
from reviewlab.overrides import is_of_sweep, key_of
from reviewlab.runs.identity import Config
from reviewlab.sweeps.settings import Launcher, SearchSettings, SweepSettings


class SweepRequest(NamedTuple):
    """A request for a sweep.

    Args:
        argv: the command line itself.
        sources: config files and overrides from which every job's config is composed.
        config: a job's config without the varying values, resolved and of plain types.
        arguments: overrides for the jobs, including those that vary.
        choice: name of the chosen file in conf/sweep/.
        settings: the node `sweep`; its grids are unresolved, since `${seed}` differs by job.
        launcher: the node `hydra.launcher`.
        search: the node `hydra.sweeper` if the sweep is a search, in which each job depends on
            the results of earlier jobs; None for a grid.
    """

    argv: Sequence[str]
    sources: Sources
    config: Config
    arguments: list[str]
    choice: str
    settings: SweepSettings
    launcher: Part[Launcher]
    search: SearchSettings | None


@dataclass(frozen=True)
class HydraNode:
    """The part of the node `hydra` that a sweep reads."""

    launcher: Part[Launcher]


def make_sweep_request(
    argv: Sequence[str], config: DictConfig, arguments: Sequence[str]
) -> SweepRequest:
    """Check the nodes that configure a sweep, and make a sweep request from a composed config.

    Args:
        argv: the command line.
        config: the composed config, not yet resolved.
        arguments: the command line's overrides, for the sweep and for its jobs.

    Raises:
        InputError: a key or value of the sweep, its launcher or its sweeper is not allowed.
    """
    _refuse_several_sweeps(arguments)
    settings, sources = _sweep_settings(config.sweep), read_sources(config, arguments)
    of_jobs = [argument for argument in arguments if not is_of_sweep(argument)]
    first = _compose_first(sources, of_jobs, settings) or config
    return SweepRequest(
        argv,
        sources._replace(launch=read_launch(first)),
        to_plain(config),
        of_jobs,
        str(config.hydra.runtime.choices["sweep"]),
        settings,
        bind({"launcher": _resolved(first.hydra.launcher)}, HydraNode, "hydra").launcher,
        _search_settings(_resolved(first.hydra.sweeper)),
    )


def _compose_first(
    sources: Sources, arguments: Sequence[str], settings: SweepSettings
) -> DictConfig | None:
    """Compose a config from the first choice of each group, to find its launcher and sweeper.

    Hydra composes a sweep's config without the overrides that vary. If these choose experiment
    files that choose a launcher, the launcher is missing from Hydra's config. The planner refuses
    any job whose launcher or sweeper is a different one.

    Args:
        sources: the config files and overrides from which all jobs' configs are composed.
        arguments: overrides of the jobs, including those that vary.
        settings: the settings in the sweep's file.

    Returns:
        The config with its node `hydra`. None if no override chooses a file of a group, or if Hydra
        refuses a choice; the planner then reports the error with the number of the job.
    """
    chosen = [a for a in [*_varied_in_file(settings), *arguments] if _is_group(key_of(a))]
    groups = {override.key: override for override in Grammar(sources.folders).parse(chosen)}
    if not groups:
        return None
    try:
        first = [override.settings()[0].text for override in groups.values()]
        everything = [*sources.overrides, *first]
        return compose_unresolved(sources.config_name, everything, True, sources.folders)
    except (InputError, HydraException):
        return None


def _is_group(key: str) -> bool:
    return (CONFIGS / key).is_dir()


def _varied_in_file(settings: SweepSettings) -> Iterator[str]:
    """Yield the varying keys of the sweep's file as overrides, such as `seed=0,1`."""
    for group in (settings.grid, *settings.zip):
        for key, value in group.items():
            values = value if isinstance(value, list) else [value]
            yield f"{key}={value if isinstance(value, str) else ','.join(map(render, values))}"


def _sweep_settings(node: DictConfig) -> SweepSettings:
    written: Any = OmegaConf.to_container(node)
    grids = {key: written[key] for key in ("grid", "zip")}
    return bind({**_resolved(node), **grids}, SweepSettings, "sweep")


def _search_settings(sweeper: Config) -> SearchSettings | None:
    target = str(sweeper.pop(TARGET))
    if not target.endswith(".OptunaSweeper"):
        if "confirm" in sweeper:
            raise InputError(
                "hydra.sweeper.confirm: only a search confirms its best trials; a grid runs each "
                "configuration with several seeds (sweep.seeds=5), or use hydra/sweeper=optuna"
            )
        return None
    return bind(sweeper, SearchSettings, "hydra.sweeper")


def _resolved(node: DictConfig) -> Config:
    resolved: Any = OmegaConf.to_container(node, resolve=True)
    return {str(key): value for key, value in resolved.items()}


def _refuse_several_sweeps(arguments: Sequence[str]) -> None:
    for override in OverridesParser.create().parse_overrides([*filter(is_of_sweep, arguments)]):
        if override.is_sweep_override():
            raise InputError(f"{override.input_line}: only one sweep at a time is allowed")
