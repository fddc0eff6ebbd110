"""Refuse launchers and sweepers that are not reviewlab's, and name reviewlab's replacements."""

from collections.abc import Mapping, Sequence

from reviewlab.exceptions import InputError
from reviewlab.overrides import parse

FOUR_HERE = "hydra/launcher=local hydra.launcher.slots=4 (four jobs at a time)"
ONE_HERE = "hydra/launcher=local hydra.launcher.slots=1 (one job at a time)"
SEARCH = "hydra/sweeper=optuna"

INSTEAD: Mapping[str, Mapping[str, str]] = {
    "hydra/launcher": {
        "basic": ONE_HERE,
        "joblib": FOUR_HERE,
        "submitit_local": FOUR_HERE,
        "submitit_slurm": "hydra/launcher=slurm",
        "submitit": "hydra/launcher=slurm",
        "ray_aws": "hydra/launcher=ray, in a running cluster",
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
"""Maps each group and foreign launcher or sweeper to reviewlab's replacement."""


def refuse_foreign(overrides: Sequence[str]) -> None:
    """Refuse overrides that choose a launcher or sweeper from Hydra itself or a Hydra plugin.

    Those launchers and sweepers do not keep track of jobs.

    Raises:
        InputError: an override chooses one of them; the message names reviewlab's replacement.
    """
    for override in map(parse, overrides):
        refuse_choice(override.key, override.value or "")


def refuse_choice(group: str, choice: str) -> None:
    """Refuse a launcher or sweeper that comes from Hydra itself or a Hydra plugin.

    Args:
        group: the config group, such as `hydra/launcher`.
        choice: the launcher or sweeper chosen from the group, such as `joblib`.

    Raises:
        InputError: the choice comes from Hydra; the message names reviewlab's replacement.
    """
    if instead := INSTEAD.get(group, {}).get(choice):
        raise InputError(
            f"{group}: {choice!r} does not keep track of jobs, which a sweep needs; use {instead}"
        )
