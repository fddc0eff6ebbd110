"""Launchers and sweepers of Hydra and its plugins, and what to choose here in their place."""

from collections.abc import Mapping, Sequence

from reviewlab.exceptions import InputError
from reviewlab.overrides import parse

FOUR_HERE = "hydra/launcher=local hydra.launcher.slots=4 (four jobs at a time)"
ONE_HERE = "hydra/launcher=local hydra.launcher.slots=1 (one job after the other)"
SEARCH = "hydra/sweeper=optuna"

INSTEAD: Mapping[str, Mapping[str, str]] = {
    "hydra/launcher": {
        "basic": ONE_HERE,
        "joblib": FOUR_HERE,
        "submitit_local": FOUR_HERE,
        "submitit_slurm": "hydra/launcher=slurm",
        "submitit": "hydra/launcher=slurm",
        "ray_aws": "hydra/launcher=ray, in a cluster that is up",
        "rq": "hydra/launcher=ray or hydra/launcher=slurm",
    },
    "hydra/sweeper": {
        "basic": "hydra/sweeper=grid",
        "ax": SEARCH,
        "nevergrad": SEARCH,
        "ng": SEARCH,
        "bayesian": SEARCH,
    },
}
"""By group and choice, the choice of reviewlab that does the same."""


def refuse_foreign(overrides: Sequence[str]) -> None:
    """Refuse what Hydra's own launchers and sweepers would do without keeping track of jobs.

    Raises:
        InputError: says what to choose in its place.
    """
    for override in map(parse, overrides):
        refuse_choice(override.key, override.value or "")


def refuse_choice(group: str, choice: str) -> None:
    """Refuse a choice of a group, as `refuse_foreign` does, wherever it was made."""
    if instead := INSTEAD.get(group, {}).get(choice):
        raise InputError(
            f"{group}: {choice!r} does not keep track of jobs as sweeps here do; use {instead}"
        )
