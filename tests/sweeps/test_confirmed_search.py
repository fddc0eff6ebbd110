"""The best trials of a search run again with fresh seeds, whatever interrupts them."""

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.reporting.folders import config, run
from tests.sweeps.searches import ACCURACY

from reviewlab.overrides import values
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.runs.status import State, read_status, write_status
from reviewlab.sweeps.confirmed_search import ROUND, ConfirmedSearch, fresh_seeds
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.pruning import TRIAL
from reviewlab.sweeps.search_source import SearchSource
from reviewlab.sweeps.settings import SearchSettings, SweepSettings
from reviewlab.sweeps.space import Choice, Interval, Space
from reviewlab.sweeps.study import JOURNAL, open_storage, open_study

SPACE: Space = {"lr": Interval(1e-4, 1e-1, log=True)}
TRIALS, TOP, SEEDS = 8, 3, 3


def _settings_of(overrides: tuple[str, ...]) -> dict[str, Any]:
    given = values(overrides)
    return config(lr=float(given["lr"]), seed=int(given.get("seed", 0)))


def make(number: int, overrides: tuple[str, ...]) -> Job:
    settings = _settings_of(overrides)
    ids = run_id(settings, "f"), configuration_id(settings, "f")
    return Job(number, overrides, *ids, 1, 10, 10, seed=str(settings["seed"]))


def value(overrides: tuple[str, ...]) -> float:
    """Return a value that depends on the learning rate, with noise that depends on the seed."""
    settings = _settings_of(overrides)
    lr, seed = settings["optimizer"]["lr"], settings["seed"]
    noise = np.random.default_rng([seed, int(lr * 1e9)]).normal(0, 0.01)
    return float(0.9 - 0.02 * abs(np.log10(lr) + 2) + noise)


class Sweep:
    """A sweep whose launches get their results from a formula.

    Args:
        path: the sweep's folder.
        trials: number of trials.
        top: number of trials to confirm.
        space: the search's space.
        states: how the jobs end that are named here, by number; the others are done.
    """

    def __init__(
        self,
        path: Path,
        trials: int = TRIALS,
        top: int = TOP,
        space: Space = SPACE,
        states: dict[int, State] | None = None,
    ) -> None:
        self.folder = SweepFolder(path)
        self.folder.path.mkdir(parents=True, exist_ok=True)
        self.trials, self.top, self.space, self.states = trials, top, space, states or {}
        self.seeds = fresh_seeds("name", SEEDS, [0])
        labels = [str(seed) for seed in self.seeds]
        self.plan = Plan(labels, race=RacePlan(labels, top, []))
        self.said: list[str] = []
        self.did: list[int] = []

    def launch(self, early: bool = True) -> ConfirmedSearch:
        """Return the source of a new launch, to which the trials chosen so far are known."""
        self.folders = self.folder.of_jobs()
        options = SearchSettings(self.trials, sampler="random", seed=3, pruner="median")
        search = SearchSource(
            options, ACCURACY, self.space, self.folder, make, self.folders, self.said.append
        )
        settings = SweepSettings()
        return ConfirmedSearch(
            *(search, self.top, self.seeds, self.plan, settings, make, self.folders),
            *(early, self.said.append),
        )

    def go(self, source: ConfirmedSearch, stop_after: int = 1000) -> ConfirmedSearch:
        """Run jobs one by one; the launch dies with one more job if `stop_after` have ended."""
        source.earlier()
        for _ in range(stop_after):
            job = source.next()
            if job is None:
                break
            self.finish(source, job)
        else:
            if (job := source.next()) is not None:
                self.begin(source, job)
        self.plan = Plan(self.plan.seeds, race=source.race)  # as recorded in sweep.yaml
        return source

    def finish(self, source: ConfirmedSearch, job: Job) -> None:
        path = self.begin(source, job)
        self.write(path, job)
        source.ended(job, read_status(path), path)
        self.did.append(job.number)

    def write(self, path: Path, job: Job) -> None:
        """Write the run of a job that has ended."""
        shutil.rmtree(path)
        state = self.states.get(job.number, "done")
        run(path, _settings_of(job.overrides), value(job.overrides), state)
        if state in ("failed", "killed"):
            write_status(path, replace(read_status(path), failures=1))

    def begin(self, source: ConfirmedSearch, job: Job) -> Path:
        path = self.folders.setdefault(job.run_id, self.folder.of_job(job))
        if not path.exists():
            run(path, _settings_of(job.overrides), state="preempted")
        source.mark(job, path)
        return path

    def values_of_trials(self) -> dict[int, float]:
        study = open_study(open_storage(self.folder.path / JOURNAL), ACCURACY)
        return {t.number: t.values[0] for t in study.get_trials() if t.values}

    def of_race(self) -> list[int]:
        return [number for number in self.did if number >= ROUND]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sweep, ConfirmedSearch]:
    """A search that was never interrupted."""
    sweep = Sweep(tmp_path_factory.mktemp("whole") / "name")
    return sweep, sweep.go(sweep.launch())


def test_the_best_trials_run_again_once_all_trials_are_over(
    whole: tuple[Sweep, ConfirmedSearch],
) -> None:
    sweep, source = whole
    assert sweep.did[:TRIALS] == [*range(TRIALS)]
    found = sweep.values_of_trials()
    assert source.race.finalists == sorted(found, key=lambda trial: -found[trial])[:TOP]
    assert source.race.configurations == TOP
    first = [ROUND + trial for trial in source.race.finalists]
    assert sweep.of_race()[:TOP] == first
    assert source.total == len(sweep.did) == len({*sweep.did}) == len(sweep.folder.of_jobs())
    assert source.closing == ""


def test_the_race_uses_seeds_that_no_trial_had_and_tells_the_study_nothing(
    whole: tuple[Sweep, ConfirmedSearch],
) -> None:
    sweep, _ = whole
    found = sweep.values_of_trials()
    assert [*found] == [*range(TRIALS)]
    seeds = {int(name.partition("seed-")[2].split("-")[0]) for name in _names(sweep, race=True)}
    assert seeds <= {*sweep.seeds}
    assert 0 not in seeds
    for name in _names(sweep, race=False):
        assert "seed" not in name


def test_only_trials_can_be_pruned(whole: tuple[Sweep, ConfirmedSearch], tmp_path: Path) -> None:
    source = whole[1]
    trial, confirming = make(0, ("lr=0.01",)), make(ROUND, ("lr=0.01", f"seed={whole[0].seeds[0]}"))
    for job, marked in ((trial, True), (confirming, False)):
        folder = tmp_path / str(job.number)
        folder.mkdir()
        source.mark(job, folder)
        assert (folder / TRIAL).exists() == marked


def test_stopped_at_any_moment_and_continued_it_is_the_same_race(
    whole: tuple[Sweep, ConfirmedSearch], tmp_path: Path
) -> None:
    expected, source = whole
    for seed in range(8):
        order = random.Random(seed)
        sweep = Sweep(tmp_path / str(seed) / "name")
        for _ in range(4):
            sweep.go(sweep.launch(), stop_after=order.randrange(6))
        again = sweep.go(sweep.launch())
        assert sweep.did == expected.did
        assert again.race == source.race
        assert {*sweep.folder.of_jobs()} == {*expected.folder.of_jobs()}
        assert sweep.said[-1] == expected.said[-1]


def test_trials_that_enter_the_best_later_are_confirmed_too(
    whole: tuple[Sweep, ConfirmedSearch], tmp_path: Path
) -> None:
    shutil.copytree(whole[0].folder.path, tmp_path / "name")
    sweep = Sweep(tmp_path / "name", trials=30)
    sweep.plan = whole[0].plan
    before = {*sweep.folder.of_jobs()}
    source = sweep.go(sweep.launch())
    first, finalists = whole[1].race.finalists or (), source.race.finalists or ()
    found = sweep.values_of_trials()
    best = sorted(found, key=lambda trial: -found[trial])[:TOP]
    assert {*finalists} == {*first, *best} != {*first}
    assert [*finalists[: len(first)]] == [*first]
    assert before < {*sweep.folder.of_jobs()}
    assert not {*sweep.did} & {*whole[0].did}
    assert {ROUND + trial for trial in finalists[len(first) :]} <= {*sweep.of_race()}
    assert source.race.configurations == len(finalists)
    done = len(sweep.did)
    sweep.go(sweep.launch())
    assert len(sweep.did) == done


def test_only_complete_trials_are_confirmed(tmp_path: Path) -> None:
    states: dict[int, State] = {1: "pruned", 2: "failed", 4: "pruned", 5: "killed"}
    sweep = Sweep(tmp_path / "name", trials=6, top=5, states=states)
    source = sweep.go(sweep.launch())
    assert {*(source.race.finalists or ())} == {0, 3}
    assert source.race.configurations == 2


def test_without_a_complete_trial_there_is_nothing_to_confirm(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "name", trials=2, states={0: "failed", 1: "pruned"})
    source = sweep.go(sweep.launch())
    assert sweep.did == [0, 1]
    assert source.total == 2
    assert source.closing == "nothing to confirm: no trial is complete"


def test_equal_trials_are_confirmed_once(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "name", trials=20, top=5, space={"lr": Choice(("0.1", "0.01"))})
    source = sweep.go(sweep.launch())
    assert len(source.race.finalists or ()) == 2
    assert source.total == len(sweep.folder.of_jobs())


def test_a_single_trial_runs_with_every_seed(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "name", top=1)
    source = sweep.go(sweep.launch())
    [trial] = source.race.finalists or ()
    assert sweep.of_race() == [number * ROUND + trial for number in (1, 2, 3)]
    assert "over after round 3 of 3, as it was the last: 1 of 1 still in" in sweep.said[-1]


def test_the_race_waits_for_trials_that_still_run(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "name", trials=2, top=1)
    source = sweep.launch()
    source.earlier()
    first, second = source.next(), source.next()
    assert first is not None
    assert second is not None
    assert source.next() is None
    for job in (second, first):
        sweep.finish(source, job)
        following = source.next()
        assert (following is None) == (job is second)


def test_a_run_of_the_race_that_failed_is_one_seed_less(tmp_path: Path) -> None:
    probe = Sweep(tmp_path / "probe" / "name")
    finalists = probe.go(probe.launch()).race.finalists or ()
    sweep = Sweep(tmp_path / "name", states={2 * ROUND + finalists[0]: "failed"})
    source = sweep.go(sweep.launch())
    assert source.race.finalists == finalists
    assert 2 * ROUND + finalists[0] in sweep.did
    assert sweep.said[-1].startswith("confirmation, over after round")
    done = len(sweep.did)
    sweep.go(sweep.launch())
    assert len(sweep.did) == done


def test_fresh_seeds_depend_on_the_name_and_leave_out_those_in_use() -> None:
    seeds = fresh_seeds("a", 5, [])
    assert len({*seeds}) == 5
    assert fresh_seeds("a", 3, []) == seeds[:3]
    assert fresh_seeds("b", 5, []) != seeds
    assert fresh_seeds("a", 4, seeds[1:2]) == [seeds[0], *seeds[2:]]


def _names(sweep: Sweep, race: bool) -> list[str]:
    folders = [folder.name for folder in sweep.folder.of_jobs().values()]
    return [name for name in folders if (int(name.partition("-")[0]) >= ROUND) == race]
