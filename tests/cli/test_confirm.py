"""A search that confirms its best, as users start it: killed, continued, tested."""

import time
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import Done, once, read, script, start, train
from tests.reporting.boards import repeatable
from tests.until import until

from reviewlab.runs.folder import RunFolder
from reviewlab.sweeps.confirmed_search import ROUND
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.outcome import known_status

pytestmark = pytest.mark.slow

ARGUMENTS = [
    "-m",
    *("hydra/sweeper=optuna", "hydra.sweeper.n_trials=4", "hydra.sweeper.sampler=random"),
    "hydra.sweeper.confirm={top:2,seeds:2}",
    *("data.reviews=300", "model=mlp", "trainer.max_epochs=2", "sweep.baseline=none"),
    *("optimizer.lr=tag(log,interval(1e-4,1e-1))", "hydra.launcher.slots=1", "sweep.name=best"),
    "sweep.allow_changes=true",  # of code that is being edited
]


def folder_of(cwd: Path) -> Path:
    return cwd / "outputs" / "sweeps" / "best"


def leaderboard(cwd: Path) -> list[dict[str, str]]:
    return repeatable(folder_of(cwd))


def race_of(cwd: Path) -> dict[str, Any]:
    record = SweepFolder(folder_of(cwd)).read() or {}
    return dict(record["race"] or {})


@pytest.fixture(scope="module")
def confirmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    done = once(tmp_path_factory, "confirmed", lambda cwd: train(cwd, *ARGUMENTS))
    base = tmp_path_factory.getbasetemp()
    cwd = next(p / "confirmed" for p in (base, base.parent) if (p / "confirmed").is_dir())
    assert done.code == 0, done.err
    return cwd, done


def test_searched_and_confirmed_values_stand_side_by_side(confirmed: tuple[Path, Done]) -> None:
    cwd, done = confirmed
    first, second, *others = leaderboard(cwd)
    for row in (first, second):
        assert row["n"] == "2"
        promised = float(row["searched"]) - float(row["mean"])
        assert float(row["optimism"]) == pytest.approx(promised)
    assert [row["verdict"] for row in others] == ["unknown"] * 2
    assert "The search's best promised " in " ".join(done.out.split())
    assert "sweep outputs/sweeps/best: jobs at most 8, slots 1" in done.err
    assert "confirmation, over after round 2 of 2" in done.err
    assert len(race_of(cwd)["finalists"]) == race_of(cwd)["configurations"] == 2


def test_killed_at_any_moment_and_continued_it_has_the_same_table(
    confirmed: tuple[Path, Done], tmp_path: Path
) -> None:
    process = start(tmp_path, *ARGUMENTS)
    until(lambda: [*folder_of(tmp_path).glob(f"jobs/{ROUND // 1000}*")], "the first of the race")
    time.sleep(0.5)
    process.kill()
    process.communicate(timeout=300)
    assert race_of(tmp_path) == race_of(confirmed[0])  # recorded before the first run
    done = train(tmp_path, *ARGUMENTS)
    assert done.code == 0, done.err
    assert leaderboard(tmp_path) == leaderboard(confirmed[0])


def test_the_confirming_runs_of_the_winner_are_tested(confirmed: tuple[Path, Done]) -> None:
    cwd, _ = confirmed
    done = script("report", cwd, str(folder_of(cwd)), "--test-winner")
    assert done.code == 0, done.err
    tested = [
        int(folder.name.partition("-")[0])
        for folder in folder_of(cwd).glob("jobs/*")
        if read(RunFolder(folder).path / "result.json")["test_uses"]
    ]
    assert len(tested) == 2
    assert min(tested) > ROUND


def test_a_pruner_stops_trials_and_never_a_run_that_confirms(tmp_path: Path) -> None:
    pruner = ["hydra.sweeper.pruner=median", "hydra.sweeper.min_epochs=1", "trainer.max_epochs=3"]
    drawn = ["optimizer.lr=tag(log,interval(5e-4,1e-1))", "hydra.sweeper.seed=1"]
    asked = [*pruner, *drawn, "hydra.sweeper.n_trials=7"]
    done = train(tmp_path, *ARGUMENTS, *asked)
    assert done.code == 0, done.err
    states: dict[bool, set[str]] = {False: set(), True: set()}
    for folder in folder_of(tmp_path).glob("jobs/*"):
        confirms = int(folder.name.partition("-")[0]) >= ROUND
        states[confirms].add(known_status(folder).state)
    assert states == {False: {"done", "pruned"}, True: {"done"}}
    assert {row["n"] for row in leaderboard(tmp_path)[:2]} == {"2"}
