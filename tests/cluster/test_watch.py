"""Following jobs on other machines by their files. No SLURM."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cluster.test_plan import plan

from reviewlab.cluster import watch
from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.watch import ASK, Watch
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.job import Job


class Events:
    """A view that records events."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, job: Job, folder: Path) -> None:
        self.lines.append(f"{job.number} started")

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        self.lines.append(f"{job.number} {status.state}")

    def tick(self) -> None:
        pass


class Cluster:
    """A SLURM whose queue holds the submitted jobs, with a clock that stands still."""

    def __init__(self) -> None:
        self.queued: set[str] | None = set()
        self.asked = 0
        self.now = 1000.0

    def queued_ids(self, owner: int) -> set[str] | None:
        self.asked += 1
        return self.queued


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster()
    monkeypatch.setattr(watch.scheduler, "queued_ids", made.queued_ids)
    monkeypatch.setattr(watch.time, "monotonic", lambda: made.now)
    return made


Make = Callable[..., tuple[Watch, Events, list[Path]]]


@pytest.fixture
def watching(cluster: Cluster, tmp_path: Path) -> Make:
    """Follow two jobs, each in its own allocation; the first has begun."""

    def make(ended: tuple[str, ...] = ()) -> tuple[Watch, Events, list[Path]]:
        whole, folder, events = plan(tmp_path), ClusterFolder(tmp_path), Events()
        folder.write(whole)
        for number, job in enumerate(whole.jobs):
            folder.note_allocation(f"7_{number}", [job.run_id])
        cluster.queued = {"7_0", "7_1"}
        write_status(whole.folders[0], Status("queued").begun())
        return Watch(folder, [events], ended), events, [*whole.folders]

    return make


def finish(path: Path) -> None:
    write_result(path, {"best": {}})
    write_status(path, Status("running", attempts=1).finished("done"))


def test_beginnings_and_ends_are_told_once(watching: Make) -> None:
    follow, events, (first, second) = watching()
    assert follow.look()
    assert follow.look()
    assert events.lines == ["0 started"]
    finish(first)
    assert follow.look()
    finish(second)
    assert not follow.look()
    assert events.lines == ["0 started", "0 done", "1 started", "1 done"]


def test_what_the_views_know_to_be_over_is_not_told_again(watching: Make) -> None:
    follow, events, (first, second) = watching((f"{0:012x}",))
    finish(first)
    finish(second)
    assert not follow.look()
    assert events.lines == ["1 started", "1 done"]


def test_a_job_whose_allocation_is_gone_is_settled_when_its_files_had_time_to_arrive(
    watching: Make, cluster: Cluster
) -> None:
    follow, events, _ = watching()
    cluster.queued = set()
    assert follow.look()
    assert events.lines == ["0 started"]
    assert not follow.look()
    assert events.lines == ["0 started", "0 killed", "1 preempted"]


def test_a_file_that_arrives_late_counts_more_than_a_suspicion(
    watching: Make, cluster: Cluster
) -> None:
    follow, events, (first, _) = watching()
    cluster.queued = {"7_1"}
    follow.look()
    finish(first)
    follow.look()
    assert events.lines == ["0 started", "0 done"]


def test_where_slurm_does_not_answer_nobody_is_given_up(watching: Make, cluster: Cluster) -> None:
    follow, events, _ = watching()
    cluster.queued = None
    for _ in range(3):
        cluster.now += ASK
        assert follow.look()
    assert events.lines == ["0 started"]


def test_slurm_is_not_asked_at_every_look(watching: Make, cluster: Cluster) -> None:
    follow, _, _ = watching()
    for _ in range(10):
        follow.look()
        cluster.now += ASK / 5
    assert cluster.asked == 2


def test_a_job_that_somebody_trains_by_hand_is_left_alone(watching: Make, cluster: Cluster) -> None:
    follow, events, (first, _) = watching()
    cluster.queued = set()
    with RunFolder(first).held():
        for _ in range(3):
            follow.look()
    assert events.lines == ["0 started", "1 preempted"]
