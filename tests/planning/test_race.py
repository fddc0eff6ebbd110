"""The rounds of a race, and jobs among which there is nothing to race."""

from dataclasses import replace

import pytest
from tests.sweeps.conftest import job as numbered

from reviewlab.exceptions import InputError
from reviewlab.planning.race import plan_race
from reviewlab.sweeps.job import Job


def jobs(*pairs: tuple[str, str]) -> list[Job]:
    """A job for each pair of a configuration and a seed."""
    return [
        replace(numbered(number), configuration_id=name, seed=seed)
        for number, (name, seed) in enumerate(pairs)
    ]


TWO_BY_TWO = jobs(("a", "7"), ("b", "7"), ("a", "3"), ("b", "3"))


def test_a_round_is_a_seed_in_the_grids_order() -> None:
    plan = plan_race(TWO_BY_TWO, 1)
    assert ([*plan.rounds], plan.configurations) == (["7", "3"], 2)


@pytest.mark.parametrize(
    ("made", "data_sets", "waits", "reason"),
    [
        (jobs(("a", "0"), ("a", "1")), 1, True, "there is only one configuration"),
        (jobs(("a", "0"), ("b", "0")), 1, True, "each configuration has only one run"),
        (jobs(("a", "0"), ("b", "1")), 1, True, "each configuration has only one run"),
        (TWO_BY_TWO[:3], 1, True, "some configurations lack some of the seeds"),
        (TWO_BY_TWO, 2, True, "the jobs use 2 data sets"),
        (TWO_BY_TWO, 1, False, "hydra.launcher.wait=false leaves nobody"),
    ],
)
def test_what_cannot_be_raced_is_refused_in_one_line(
    made: list[Job], data_sets: int, waits: bool, reason: str
) -> None:
    with pytest.raises(InputError, match=f"^sweep.race: true is not allowed, since {reason}") as e:
        plan_race(made, data_sets, waits)
    assert "\n" not in str(e.value)
