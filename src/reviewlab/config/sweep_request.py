"""A request for a sweep, from a command line with `-m`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf

from reviewlab.config.bind import bind
from reviewlab.config.compose import to_plain
from reviewlab.config.part import TARGET, Part
from reviewlab.config.sources import Sources, read_sources
from reviewlab.exceptions import InputError
from reviewlab.overrides import is_of_sweep
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
    return SweepRequest(
        argv,
        read_sources(config, arguments),
        to_plain(config),
        [argument for argument in arguments if not is_of_sweep(argument)],
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


def _refuse_several_sweeps(arguments: Sequence[str]) -> None:
    for override in OverridesParser.create().parse_overrides([*filter(is_of_sweep, arguments)]):
        if override.is_sweep_override():
            raise InputError(f"{override.input_line}: only one sweep at a time is allowed")
