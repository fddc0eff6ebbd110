"""A sweep, as a command line asks for it with `-m`."""

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
    """A sweep that was asked for with `-m`.

    argv: the command line itself.
    sources: what the config of every job is composed from.
    config: that of a job for which nothing varies, resolved and of plain types.
    arguments: what the command line said of its jobs, values that vary included.
    choice: the file in conf/sweep/ that was chosen.
    settings: the node `sweep`; its grids are as written, since `${seed}` is that of each job.
    launcher: the node `hydra.launcher`.
    search: the node `hydra.sweeper` where jobs follow from how earlier ones end; None for a grid.
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
    """The node `hydra`, as far as a sweep reads it."""

    launcher: Part[Launcher]


def make_sweep_request(
    argv: Sequence[str], config: DictConfig, arguments: Sequence[str]
) -> SweepRequest:
    """Make a request of what Hydra has composed, its nodes bound and so checked.

    Args:
        argv: the command line.
        config: composed, not yet resolved.
        arguments: what the command line said, of the sweep and of its jobs.

    Raises:
        InputError: the sweep, its launcher or its sweeper has a key or value that is not allowed.
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
            raise InputError(f"{override.input_line}: several sweeps; allowed: one at a time")
