"""A search with jobs whose outcome is a formula: what is asked, told, kept and gone on with."""

import hashlib
import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from optuna.trial import FrozenTrial
from tests.sweeps.conftest import Events

from reviewlab.exceptions import InputError
from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started
from reviewlab.sweeps.pruning import mark, pruning_rule
from reviewlab.sweeps.queue import Queue
from reviewlab.sweeps.search_source import SearchSource
from reviewlab.sweeps.settings import SearchSettings
from reviewlab.sweeps.space import Choice, Interval, Space
from reviewlab.sweeps.study import JOURNAL, open_storage, open_study

SPACE: Space = {
    "lr": Interval(1e-4, 1e-1, log=True),
    "layers": Interval(1, 3),
    "model": Choice(("lstm", "gru")),
}
FEW: Space = {"model": Choice(("lstm", "gru")), "layers": Interval(1, 2)}
ACCURACY = {"val/accuracy": "max"}

Run = tuple[int, tuple[str, ...]]


def make(number: int, overrides: tuple[str, ...]) -> Job:
    digest = hashlib.sha256(" ".join(overrides).encode()).hexdigest()[:12]
    return Job(number, overrides, digest, digest, 1, 10, 10)


def accuracy(job: Job) -> float:
    """Something that depends on the settings and can be learnt from."""
    return int(job.run_id, 16) / 16**12


class Sweep:
    """A sweep folder, in which launches work one after the other."""

    def __init__(self, path: Path, space: Space = SPACE, **options: Any) -> None:
        self.folder = SweepFolder(path)
        self.folder.path.mkdir(parents=True, exist_ok=True)
        self.space = space
        self.options = {"n_trials": 8, "n_startup_trials": 3, **options}
        self.objectives = self.options.pop("objectives", ACCURACY)
        self.said: list[str] = []

    def launch(self, make: Callable[..., Job] = make) -> SearchSource:
        self.folders = self.folder.of_jobs()
        asked: Any = (SearchSettings(**self.options), self.objectives, self.space, self.folder)
        return SearchSource(*asked, make, self.folders, self.said.append)

    def end(self, job: Job, state: State = "done", value: float | None = None) -> Path:
        """What a job leaves in its folder."""
        path = self.folders.setdefault(job.run_id, self.folder.of_job(job))
        path.mkdir(parents=True, exist_ok=True)
        write_status(path, Status(state))
        if state == "done":
            measured = {"val/accuracy": accuracy(job) if value is None else value}
            of_run = {"parameters": len(job.overrides[0]), "seconds": {"train": 1.0}}
            write_result(path, {"best": measured, **of_run})
        return path

    def work(self, search: SearchSource, most: int = 1000) -> list[Run]:
        """Do jobs one after the other, `most` of them."""
        did: list[Run] = []
        while len(did) < most and (job := search.next()) is not None:
            did.append((job.number, job.overrides))
            search.ended(job, Status("done"), self.end(job))
        return did

    def trials(self) -> Sequence[FrozenTrial]:
        storage = open_storage(self.folder.path / JOURNAL)
        return open_study(storage, self.objectives).get_trials()


def states(sweep: Sweep) -> list[str]:
    return [trial.state.name for trial in sweep.trials()]


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
    """However often it was stopped, with a job asked for and not ended each time."""
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
    """Also when the launch that started it was not there to hear of it."""
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


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_half_a_line_that_a_writer_left_is_cut_off(tmp_path: Path, cut: int) -> None:
    whole, torn = (Sweep(tmp_path / name / "a") for name in "xy")
    expected = whole.work(whole.launch())
    did = torn.work(torn.launch(), 3)
    journal = torn.folder.path / JOURNAL
    with journal.open("a") as file:
        file.write('{"op_code":4,"worker_id":"a very long identifier of a process"'[:cut])
    search = torn.launch()
    assert len(search.earlier()) == 3
    assert did + torn.work(search) == expected
    assert all(json.loads(line) for line in journal.read_text().splitlines())


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a")
    (sweep.folder.path / JOURNAL).write_text("nonsense\n{}\n")
    with pytest.raises(InputError, match="another name"):
        sweep.launch()


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
    """Real processes out of a real fork server, two at a time."""
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


@pytest.mark.parametrize("pruner", ["median", "successive_halving"])
def test_a_trial_behind_the_others_is_to_stop_and_one_ahead_is_not(
    tmp_path: Path, pruner: str
) -> None:
    sweep = Sweep(tmp_path / "a", n_trials=8, pruner=pruner)
    search = sweep.launch()
    curves = [[0.6, 0.7, 0.8]] * 6 + [[0.5, 0.5, 0.5], [0.7, 0.8, 0.9]]
    reasons: list[str | None] = []
    for curve in curves:
        job = search.next()
        assert job is not None
        folder = sweep.end(job)
        search.mark(job, folder)
        judge = pruning_rule(folder)
        told = (judge({"epoch": e, "val/accuracy": v}) for e, v in enumerate(curve))
        reasons.append(next((reason for reason in told if reason), None))
        state: State = "pruned" if reasons[-1] else "done"
        search.ended(job, Status(state), sweep.end(job, state))
    assert reasons == [None] * 6 + ["after epoch 2: val/accuracy 0.5000 is behind the others", None]
    assert states(sweep)[-2:] == ["PRUNED", "COMPLETE"]


def test_an_epoch_trained_again_is_reported_once_and_without_a_word(tmp_path: Path) -> None:
    sweep = Sweep(tmp_path / "a", pruner="median")
    search = sweep.launch()
    job = search.next()
    assert job is not None
    folder = sweep.end(job)
    search.mark(job, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for value in (0.5, 0.6):
            assert pruning_rule(folder)({"epoch": 0, "val/accuracy": value}) is None
    assert pruning_rule(folder)({"epoch": 1, "val/loss": 0.3}) is None
    assert sweep.trials()[0].intermediate_values == {1: 0.5}


def test_nobody_is_stopped_where_no_pruner_was_asked_for(tmp_path: Path) -> None:
    assert pruning_rule(tmp_path)({"epoch": 0, "val/accuracy": 0.0}) is None
    mark(tmp_path, 0, "val/accuracy", SearchSettings(pruner="median"))
    mark(tmp_path, 0, "val/accuracy", SearchSettings(pruner=None))
    assert not (tmp_path / "trial.json").exists()
