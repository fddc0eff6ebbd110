"""Searches with results by a formula: trials asked for, results reported, and continuing."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.runs.statuses import gone
from tests.sweeps.conftest import Events
from tests.sweeps.searches import FEW, Run, Sweep, make, states

from reviewlab.exceptions import InputError
from reviewlab.runs.status import State, Status, write_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started
from reviewlab.sweeps.queue import Queue
from reviewlab.sweeps.space import Choice, Interval
from reviewlab.sweeps.study import JOURNAL


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_one_seed_draws_the_same_trials_and_another_does_not(tmp_path: Path, sampler: str) -> None:
    runs = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        sweep = Sweep(tmp_path / name, sampler=sampler, seed=seed)
        runs.append(sweep.work(sweep.launch()))
    assert runs[0] == runs[1] != runs[2]
    assert [number for number, _ in runs[0]] == [*range(8)]
    assert not {overrides for _, overrides in runs[0]} & {overrides for _, overrides in runs[2]}


def test_without_a_seed_the_name_is_one(tmp_path: Path) -> None:
    runs = []
    for folder in ("x/name", "y/name", "z/other"):
        sweep = Sweep(tmp_path / folder)
        runs.append(sweep.work(sweep.launch()))
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("sampler", ["tpe", "random"])
@given(cuts=st.lists(st.integers(0, 4), max_size=4))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_search_that_goes_on_is_the_search_never_interrupted(
    tmp_path: Path, sampler: str, cuts: list[int]
) -> None:
    """It does not matter how often it was stopped, each time with an unfinished job."""
    shutil.rmtree(tmp_path / "whole", ignore_errors=True)
    shutil.rmtree(tmp_path / "cut", ignore_errors=True)
    whole, cut = (Sweep(tmp_path / n, sampler=sampler, seed=3) for n in ("whole", "cut"))
    expected = whole.work(whole.launch())
    did: list[Run] = []
    for most in [*cuts, 1000]:
        search = cut.launch()
        assert sorted(e.job.number for e in search.earlier()) == [number for number, _ in did]
        did += cut.work(search, most)
        search.next()  # its process dies with the launch
    assert did == expected


def test_the_number_of_trials_is_the_total(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", n_trials=4)
    first = sweep.work(sweep.launch())
    sweep.options["n_trials"] = 6
    search = sweep.launch()
    assert len(search.earlier()) == 4
    assert search.total == 6
    assert [number for number, _ in first + sweep.work(search)] == [0, 1, 2, 3, 4, 5]
    sweep.options["n_trials"] = 2
    search = sweep.launch()
    assert len(search.earlier()) == search.total == 6
    assert search.next() is None


@pytest.mark.parametrize(
    ("state", "value", "expected"),
    [
        ("done", 0.5, "COMPLETE"),
        ("done", float("nan"), "FAIL"),
        ("pruned", None, "PRUNED"),
        ("failed", None, "FAIL"),
        ("killed", None, "FAIL"),
        ("preempted", None, "RUNNING"),
    ],
)
@pytest.mark.parametrize("heard", [True, False])
def test_every_end_of_a_job_is_an_end_of_its_trial(
    tmp_path: Path, state: State, value: float | None, expected: str, heard: bool
) -> None:
    """This holds too if the launch that started the job has ended."""
    sweep = Sweep(tmp_path / "a", n_trials=2)
    search = sweep.launch()
    job = search.next()
    assert job is not None
    folder = sweep.end(job, state, value)
    if heard:
        search.ended(job, Status(state), folder)
    search = sweep.launch()
    over = search.earlier()
    assert states(sweep) == [expected]
    assert [e.job for e in over] == ([] if state == "preempted" else [job])
    following = search.next()
    assert following is not None
    assert (following == job) == (state == "preempted")


def test_trials_are_only_random_if_every_launch_drew_them_at_random(tmp_path: Path) -> None:
    sweep, recorded = Sweep(tmp_path / "a", n_trials=2), []
    for sampler in ("random", "random", "tpe", "random"):
        sweep.options["sampler"] = sampler
        identity = sweep.launch().study_identity
        recorded.append(identity["sampler"])
        sweep.folder.write({"search": identity})
    assert recorded == ["random", "random", "tpe", "tpe"]


def test_a_job_whose_folder_is_gone_or_cut_short_runs_again(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", n_trials=3)
    did = sweep.work(sweep.launch())
    gone, cut, _ = sorted(sweep.folder.jobs.iterdir())
    shutil.rmtree(gone)
    (cut / "result.json").write_text('{"best": {"val')
    search = sweep.launch()
    assert len(search.earlier()) == 1
    assert sweep.work(search) == did[:2]
    assert states(sweep) == ["COMPLETE"] * 3


def test_a_job_that_was_killed_with_its_launch_goes_on(tmp_path: Path) -> None:
    """Its end was not recorded, so it is not the end of its trial."""
    sweep = Sweep(tmp_path / "sweep", n_trials=1)
    job = sweep.launch().next()
    assert job is not None
    write_status(sweep.end(job, "running"), gone())
    again = sweep.launch()
    assert again.earlier() == []
    assert again.next() == job


def test_a_lost_journal_is_made_up_for_by_the_folders(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", sampler="random")
    sweep.work(sweep.launch())
    (sweep.folder.path / JOURNAL).unlink()
    search = sweep.launch()
    assert (search.earlier(), search.next()) == ([], None)
    assert states(sweep) == ["COMPLETE"] * 8


def test_settings_that_come_up_again_are_trained_once(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", FEW, n_trials=40)
    search = sweep.launch()
    did = sweep.work(search)
    assert len(did) == len({overrides for _, overrides in did}) == search.total == 4
    assert states(sweep) == ["COMPLETE"] * 40
    values: dict[str, set[float]] = {}
    for trial in sweep.trials():
        values.setdefault(str(trial.params), set()).add(trial.values[0])
    assert all(len(found) == 1 for found in values.values())
    search = sweep.launch()
    assert len(search.earlier()) == search.total == 4


def test_while_one_runs_its_like_wait_for_it(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", FEW, n_trials=20)
    search = sweep.launch()
    running = []
    while (job := search.next()) is not None:
        running.append(job)
    assert len(running) == 4
    for job in running:
        search.ended(job, Status("failed"), sweep.end(job, "failed"))
    assert states(sweep) == ["FAIL"] * 20


def test_what_cannot_be_composed_is_a_failed_trial_and_told_once(tmp_path: Path) -> None:
    def refuse(number: int, overrides: tuple[str, ...]) -> Job:
        if "model=gru" in overrides:
            raise InputError(f"job {number}: no gru")
        return make(number, overrides)

    sweep = Sweep(tmp_path / "a", n_trials=10)
    search = sweep.launch(refuse)
    did = sweep.work(search)
    assert 0 < len(did) == search.total < 10
    assert len(sweep.said) == 10 - len(did) == states(sweep).count("FAIL")
    search = sweep.launch(refuse)
    assert len(search.earlier()) == search.total == len(did)
    assert len(sweep.said) == 10 - len(did)


def test_several_objectives_end_in_a_front(tmp_path: Path) -> None:
    space = {"size": Interval(1, 1000), "model": Choice(("lstm", "gru"))}
    both = {"val/accuracy": "max", "parameters": "min"}
    sweep = Sweep(tmp_path / "a", space, objectives=both, n_trials=12)
    search = sweep.launch()
    assert search.closing == ""
    sweep.work(search)
    title, *lines = search.closing.splitlines()
    assert "val/accuracy and parameters" in title
    values = [trial.values for trial in sweep.trials()]
    front = [
        number
        for number, (a, p) in enumerate(values)
        if not any(b >= a and q <= p and (b, q) != (a, p) for b, q in values)
    ]
    assert sorted(int(line.split()[1]) for line in lines) == front


def test_one_objective_has_no_front(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a")
    search = sweep.launch()
    sweep.work(search)
    assert search.closing == ""


def test_a_free_slot_gets_the_next_trial(tmp_path: Path, launcher: LocalLauncher) -> None:
    """The jobs are real processes from a real fork server, two at a time."""
    sweep, events = Sweep(tmp_path / "a", n_trials=6), Events()
    search = sweep.launch()

    def start(job: Job, taken: Sequence[Slot]) -> tuple[Path, Started]:
        folder = sweep.folders.setdefault(job.run_id, sweep.folder.of_job(job))
        folder.mkdir(parents=True)
        action = "raise" if job.number == 2 else "succeed"
        return folder, launcher.start(folder, [action], taken)

    Queue(search, [events], [Slot(0, None), Slot(1, None)], start).run()
    assert events.most_at_once == 2
    assert states(sweep) == ["COMPLETE", "COMPLETE", "FAIL"] + ["COMPLETE"] * 3
