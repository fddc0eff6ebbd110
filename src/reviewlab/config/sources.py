"""The config files and overrides that all jobs of a sweep share when their configs are composed."""

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
    """The config files and overrides from which the configs of all jobs of a sweep are composed.

    Args:
        config_name: name of the primary config.
        folders: folders of configs besides conf/, as entries of Hydra's search path.
        overrides: overrides of the sweep's settings, launcher and sweeper; the overrides of a job
            do not include them.
        launch: the sweep's nodes `hydra.launcher` and `hydra.sweeper`; None if it has none.
    """

    config_name: str = "train"
    folders: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    launch: Config | None = None


TRAIN = Sources()
"""The default sources, for jobs that no command line has requested."""


def read_sources(config: DictConfig, arguments: Sequence[str]) -> Sources:
    """Return the sources from which to compose the configs of a sweep's jobs.

    Args:
        config: the config composed for the sweep as a whole.
        arguments: the command line's overrides, for the sweep and for its jobs.
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
    """Return `hydra.launcher` and `hydra.sweeper` of a composed config, not resolved."""
    nodes: dict[str, Any] = {
        node: OmegaConf.to_container(config.hydra[node], resolve=False) for node in LAUNCH
    }
    return {"hydra": nodes}


def refuse_other_launch(composed: DictConfig, sources: Sources) -> None:
    """Refuse a job whose launcher or sweeper differs from its sweep's.

    Args:
        composed: the job's config, with the node `hydra`.
        sources: the sources that it was composed from.

    Raises:
        InputError: the job's launcher or sweeper differs; the message names the key and how to
            set it for all jobs.
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
            f"{group}: a job's config chooses {choice!r}, but the sweep uses another one; "
            f"set it on the command line: {group}={choice}"
        )
    value, other = of_job.get(key), of_sweep.get(key)
    return (
        f"{key}: a job's config sets {value!r}, but the sweep uses {other!r} for all jobs; "
        f"set it on the command line: {key}={value}"
    )
