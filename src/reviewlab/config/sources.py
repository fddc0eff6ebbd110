"""The sources that all jobs of a sweep are composed from, besides their own overrides."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from omegaconf import DictConfig, OmegaConf

from reviewlab import dotted
from reviewlab.exceptions import InputError
from reviewlab.overrides import is_of_sweep, key_of
from reviewlab.runs.identity import Config

LAUNCH = ("launcher", "sweeper")
"""Nodes of `hydra` that a sweep has once, and its jobs together."""


class Sources(NamedTuple):
    """The sources of the config of every job of a sweep.

    config_name: of the primary config.
    folders: of configs beside conf/, as Hydra's search path names them.
    overrides: of the sweep itself, which its jobs do not name.
    launch: the nodes `LAUNCH` with which the sweep starts; None where it has none.
    """

    config_name: str = "train"
    folders: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    launch: Config | None = None


TRAIN = Sources()
"""Sources of jobs that were asked for without a command line."""


def read_sources(config: DictConfig, arguments: Sequence[str]) -> Sources:
    """Read what the jobs of a sweep are to be composed from.

    Args:
        config: composed for the sweep as a whole.
        arguments: what the command line said, of the sweep and of its jobs.
    """
    hydra = config.hydra
    folders = (
        f"{source.schema}://{source.path}"
        for source in hydra.runtime.config_sources
        if source.provider == "command-line" or source.provider.startswith("hydra.searchpath")
    )
    launching = (override for override in hydra.overrides.hydra if is_of_launch(override))
    of_sweep = filter(is_of_sweep, arguments)
    return Sources(hydra.job.config_name, tuple(folders), (*launching, *of_sweep), _launch(config))


def is_of_launch(override: str) -> bool:
    """Tell whether an override is about the launcher or the sweeper of a sweep."""
    keys = (f"hydra{sign}{node}" for node in LAUNCH for sign in "./")
    return f"{key_of(override)}.".startswith(tuple(f"{key}." for key in keys))


def _launch(config: DictConfig) -> Config:
    nodes: dict[str, Any] = {
        node: OmegaConf.to_container(config.hydra[node], resolve=False) for node in LAUNCH
    }
    return {"hydra": nodes}


def refuse_other_launch(composed: DictConfig, sources: Sources) -> None:
    """Refuse a job whose configs choose another launcher or sweeper than its sweep has.

    Args:
        composed: the config of the job, with the node `hydra`.
        sources: what it was composed from.

    Raises:
        InputError: names the key, and how to choose for all jobs.
    """
    if sources.launch is None:
        return
    here, of_sweep = dotted.flatten(_launch(composed)), dotted.flatten(sources.launch)
    for key in {**here, **of_sweep}:
        if here.get(key) != of_sweep.get(key):
            raise InputError(_explain_other_launch(key, here, of_sweep, composed))


def _explain_other_launch(key: str, here: Config, of_sweep: Config, composed: DictConfig) -> str:
    node = key.split(".")[1]
    if key.endswith("._target_"):
        group = f"hydra/{node}"
        choice = composed.hydra.runtime.choices[group]
        return (
            f"{group}: this job's configs choose {choice!r}, the sweep has another one; all jobs "
            f"of a sweep share one: name it on the command line, as {group}={choice}"
        )
    value, other = here.get(key), of_sweep.get(key)
    return (
        f"{key}: {value!r} in this job's configs, {other!r} in the sweep; all jobs of a sweep "
        f"share one: name it on the command line, as {key}={value}"
    )
