"""A race as users start it: fewer runs, the same winner, and no harm from being killed."""

import random
import time
from pathlib import Path

import pytest
from tests.cli.processes import Done, once, start, train
from tests.reporting.boards import repeatable
from tests.until import until

from reviewlab.runs.folder import RunFolder
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.outcome import known_status

pytestmark = pytest.mark.slow

RACE = [
    "-m",
    *("data.reviews=600", "trainer.max_epochs=2", "model=mlp"),
    "optimizer.lr=1e-5,1e-4,1e-2",
    *("sweep.seeds=5", "sweep.race=true", "sweep.baseline=none", "sweep.name=race"),
    "sweep.allow_changes=true",  # of code that is being edited
]
ONE_SLOT = [*RACE, "hydra.launcher.slots=1"]
"""With one slot no round begins early, so that equal races have equal tables."""


def folder_of(cwd: Path) -> Path:
    return cwd / "outputs" / "sweeps" / "race"


def leaderboard(cwd: Path) -> list[dict[str, str]]:
    return repeatable(folder_of(cwd))


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    done = once(tmp_path_factory, "race", lambda cwd: train(cwd, *ONE_SLOT))
    base = tmp_path_factory.getbasetemp()
    cwd = next(p / "race" for p in (base, base.parent) if (p / "race").is_dir())
    assert done.code == 0, done.err
    return cwd, done


def test_hopeless_rates_get_fewer_seeds_and_the_rest_is_said(race: tuple[Path, Done]) -> None:
    cwd, done = race
    best, *others = leaderboard(cwd)
    assert (best["optimizer.lr"], best["dropped_after"]) == ("0.01", "")
    assert {row["verdict"] for row in others} == {"worse"}
    assert all(2 <= int(row["dropped_after"]) == int(row["n"]) < 5 for row in others)
    assert "sweep outputs/sweeps/race: jobs at most 15, slots 1" in done.err
    assert "round 2 of 5: 3 of 3 still in; 3 of at most 15 runs" in done.err
    runs = sum(int(row["n"]) for row in leaderboard(cwd))
    last = f"as one is left: 1 of 3 still in; {runs} of at most 15 runs"
    assert last in " ".join(done.out.split())
    assert last in (folder_of(cwd) / "leaderboard.html").read_text(encoding="utf-8")
    record = SweepFolder(folder_of(cwd)).read() or {}
    assert record["race"] == {"rounds": [*"01234"], "configurations": 3}
    assert record["jobs"] is None


def test_a_race_that_is_over_starts_nothing_more(race: tuple[Path, Done]) -> None:
    done = train(race[0], *ONE_SLOT)
    assert done.code == 0, done.err
    assert "over after round" in done.err
    assert " starts " not in done.err


def test_killed_at_random_moments_and_continued_it_has_the_same_table(
    race: tuple[Path, Done], tmp_path: Path
) -> None:
    order = random.Random(1)
    for kill in range(3):
        process = start(tmp_path, *ONE_SLOT)
        until(lambda: [*folder_of(tmp_path).glob("jobs/*")], "the first job")
        time.sleep(order.uniform(0, 6))
        process.kill()
        process.communicate(timeout=300)
        assert process.returncode in (-9, 0), kill
    done = train(tmp_path, *ONE_SLOT)
    assert done.code == 0, done.err
    assert leaderboard(tmp_path) == leaderboard(race[0])
    assert {known_status(path).state for path in folder_of(tmp_path).glob("jobs/*")} == {"done"}


def test_seeds_may_be_added_to_a_race_and_the_plan_stays(
    race: tuple[Path, Done], tmp_path: Path
) -> None:
    begun = [a.replace("seeds=5", "seeds=2") for a in ONE_SLOT]
    assert train(tmp_path, *begun).code == 0
    assert [row["n"] for row in leaderboard(tmp_path)] == ["2"] * 3
    done = train(tmp_path, *ONE_SLOT)
    assert done.code == 0, done.err
    rows = leaderboard(tmp_path)
    assert (rows[0]["optimizer.lr"], rows[0]["planned_seeds"]) == ("0.01", "2")
    assert sum(int(row["n"]) for row in rows) <= 15
    made = {RunFolder(path).path.name for path in folder_of(tmp_path).glob("jobs/*")}
    assert len(made) == sum(int(row["n"]) for row in rows)
