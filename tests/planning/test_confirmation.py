"""How a search confirms its best trials is checked and planned before its first trial."""

from pathlib import Path
from typing import Any

import pytest
from tests.planning.test_search import LR, plan

from reviewlab.config.request import compose_request
from reviewlab.exceptions import InputError
from reviewlab.planning.search import SearchPlan
from reviewlab.reporting.plan import RacePlan
from reviewlab.sweeps.confirmed_search import ConfirmedSearch
from reviewlab.sweeps.folder import SweepFolder, SweepRecord, race_record
from reviewlab.sweeps.source import Work

CONFIRM = "hydra.sweeper.confirm={top:2,seeds:3}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hydra.sweeper.confirm={top:0,seeds:5}"], "confirm.top: 0 is not allowed; allowed: a"),
        (["hydra.sweeper.confirm={top:5,seeds:1}"], "confirm.seeds: 1 is not allowed; allowed: a"),
        (["hydra.sweeper.confirm={top:5}"], "confirm.seeds: missing; allowed: a whole number >= 2"),
        (["hydra.sweeper.confirm={tops:5,seeds:5}"], "did you mean 'hydra.sweeper.confirm.top'?"),
        (["hydra.sweeper.confirm=5"], "confirm: 5 is not allowed; allowed: a mapping or null"),
        (
            [CONFIRM, "hydra.sweeper.objectives={val/accuracy:max,parameters:min}"],
            "confirm: the leaderboard ranks confirmed runs by val/accuracy, but trials are compared"
            " by val/accuracy and parameters; allowed: null, or the objective val/accuracy alone",
        ),
        (
            [CONFIRM, "hydra.sweeper.objectives={val/loss:min}"],
            "but trials are compared by val/los",
        ),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(arguments: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(LR, *arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_grid_has_nothing_to_confirm() -> None:
    with pytest.raises(InputError, match=r"hydra\.sweeper\.confirm.*only a search confirms"):
        compose_request("train", ["-m", "model=mlp,lstm", f"+{CONFIRM}"])
    with pytest.raises(InputError, match="confirm"):
        compose_request("train", ["-m", "model=mlp,lstm", CONFIRM])


def test_a_dry_run_tells_of_the_runs_to_come() -> None:
    note = plan(LR, CONFIRM, "hydra.sweeper.n_trials=2").preview()[1]
    assert note == "Then the best 2 trials will run with 3 fresh seeds: at most 6 more jobs."
    assert "Then" not in plan(LR).preview()[1]


def work(made: SearchPlan, path: Path, **record: Any) -> Work:
    folder = SweepFolder(path)
    folder.path.mkdir(exist_ok=True)
    written: SweepRecord = {**record}  # type: ignore[typeddict-item]
    if record:
        folder.write(written)
    return made.work(folder, {})


def rounds(source: Work) -> list[str]:
    assert source.race is not None
    return [*source.race.rounds]


def test_the_rounds_are_known_before_the_first_trial(tmp_path: Path) -> None:
    source = work(plan(LR, CONFIRM), tmp_path / "a")
    assert isinstance(source, ConfirmedSearch)
    assert source.race == RacePlan(rounds(source), 2, [])
    assert len({*rounds(source)}) == 3
    assert "0" not in rounds(source)
    assert source.total == 20 + 2 * 3
    again = work(plan(LR, CONFIRM, "hydra.sweeper.n_trials=5"), tmp_path / "a")
    assert rounds(again) == rounds(source)


def test_what_was_recorded_stays_and_may_grow(tmp_path: Path) -> None:
    labels = rounds(work(plan(LR, CONFIRM), tmp_path / "a"))
    race = race_record(RacePlan(labels, 2, [4, 1]))
    for asked, expected in (("{top:1,seeds:2}", 3), ("{top:2,seeds:4}", 4)):
        made = plan(LR, f"hydra.sweeper.confirm={asked}")
        source = work(made, tmp_path / "a", seeds=labels, race=race)
        assert rounds(source)[:3] == labels
        assert len(rounds(source)) == expected
        assert source.race is not None
        assert source.race.finalists == [4, 1]


def test_a_search_that_confirms_cannot_go_on_as_one_that_does_not(tmp_path: Path) -> None:
    race = race_record(RacePlan(["7", "8"], 2, [4, 1]))
    with pytest.raises(InputError) as caught:
        work(plan(LR), tmp_path / "a", seeds=["7", "8"], race=race)
    assert str(caught.value).endswith("allowed: {top: 2, seeds: 2}, or more")
    work(plan(LR), tmp_path / "b")
