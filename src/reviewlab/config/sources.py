"""The sources from which all jobs of a sweep are composed, besides their own overrides."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from reviewlab import dotted
from reviewlab.exceptions import InputError
from reviewlab.overrides import is_of_sweep, key_of
from reviewlab.runs.identity import Config

LAUNCH = ("launcher", "sweeper")
"""Nodes of `hydra` that all jobs of a sweep share."""


class Sources(NamedTuple):
    """The sources of the config of every job of a sweep.

    Args:
        config_name: name of the primary config.
        folders: folders of configs besides conf/, as Hydra's search path names them.
        overrides: those of the sweep itself, which its jobs do not repeat.
        launch: the sweep's nodes `LAUNCH`; None if it has none.
    """

    config_name: str = "train"
    folders: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    launch: Config | None = None


TRAIN = Sources()
"""Sources of jobs that do not come from a command line."""


def read_sources(config: DictConfig, arguments: Sequence[str]) -> Sources:
    """Return the sources from which to compose the jobs of a sweep.

    Args:
        config: composed for the sweep as a whole.
        arguments: overrides of the command line, for the sweep and for its jobs.
    """
    hydra = config.hydra
    folders = (
        f"{source.schema}://{source.path}"
        for source in hydra.runtime.config_sources
        if source.provider == "command-line" or source.provider.startswith("hydra.searchpath")
    )
    launching = (override for override in hydra.overrides.hydra if is_of_launch(override))
    of_sweep = filter(is_of_sweep, arguments)
    return Sources(
        hydra.job.config_name, tuple(folders), (*launching, *of_sweep), read_launch(config)
    )


def is_of_launch(override: str) -> bool:
    """Tell whether an override concerns the launcher or the sweeper."""
    keys = (f"hydra{sign}{node}" for node in LAUNCH for sign in "./")
    return f"{key_of(override)}.".startswith(tuple(f"{key}." for key in keys))


def read_launch(config: DictConfig) -> Config:
    """Return the nodes `LAUNCH` of a config that has the node `hydra`."""
    nodes: dict[str, Any] = {
        node: OmegaConf.to_container(config.hydra[node], resolve=False) for node in LAUNCH
    }
    return {"hydra": nodes}


def refuse_other_launch(composed: DictConfig, sources: Sources) -> None:
    """Refuse a job whose configs choose another launcher or sweeper than its sweep.

    Args:
        composed: the config of the job, with the node `hydra`.
        sources: what it was composed from.

    Raises:
        InputError: names the key and how to set it for all jobs.
    """
    if sources.launch is None:
        return
    of_job, of_sweep = dotted.flatten(read_launch(composed)), dotted.flatten(sources.launch)
    for key in {**of_job, **of_sweep}:
        if of_job.get(key) != of_sweep.get(key):
            raise InputError(_explain_other_launch(key, of_job, of_sweep, composed))


def _explain_other_launch(key: str, of_job: Config, of_sweep: Config, composed: DictConfig) -> str:
    node = key.split(".")[1]
    if key.endswith("._target_"):
        group = f"hydra/{node}"
        choice = composed.hydra.runtime.choices[group]
        return (
            f"{group}: the configs of a job choose {choice!r}, its sweep another; all jobs of a "
            f"sweep share one: set it on the command line, as {group}={choice}"
        )
    value, other = of_job.get(key), of_sweep.get(key)
    return (
        f"{key}: {value!r} in the configs of a job, {other!r} in its sweep; all jobs of a sweep "
        f"share one: set it on the command line, as {key}={value}"
    )
