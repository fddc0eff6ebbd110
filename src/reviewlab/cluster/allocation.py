"""What runs in an allocation: a queue over its jobs, like that of a laptop, and one requeue."""

import os
import signal
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType

from rich.console import Console

from reviewlab.cluster import scheduler
from reviewlab.cluster.nodes import start_on_nodes
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan
from reviewlab.errors import InputError
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.grid import Earlier, is_over
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.queue import Queue
from reviewlab.sweeps.views import Lines

TAKEN_AWAY = signal.SIGUSR1
"""SLURM says with it that the allocation ends: at its time limit, or for somebody else's job."""


def work(sweep: str, numbers: Sequence[int]) -> None:
    """Work on the jobs of `sweep` with these numbers; what submitit calls on every node."""
    if os.environ.get("SLURM_PROCID", "0") == "0":
        Allocation(ClusterFolder(Path(sweep)), numbers).run()


class Share:
    """A source of the jobs of one allocation; one that was killed is handed out again at once.

    whole: the plan; with `fail_fast`, nothing more starts anywhere once a job of it has failed.
    """

    def __init__(self, whole: ClusterPlan, numbers: Sequence[int]) -> None:
        self.jobs = whole.of(numbers)
        self._plan = whole
        self._left = deque(job for job, folder in self.jobs if not self._is_over(job, folder))

    def next(self) -> Job | None:
        """The next job that has something left to do."""
        if not self._left or (self._plan.fail_fast and self._has_failed()):
            return None
        return self._left.popleft()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Try a killed job again, from its last checkpoint, unless it was killed as too late."""
        limit = self._plan.timeout
        late = limit is not None and (status.ended or 0) - (status.started or 0) > limit
        if status.state == "killed" and not late and status.failures < self._plan.max_attempts:
            self._left.append(job)

    def interrupted(self) -> list[Path]:
        """The folders of jobs that could go on in another allocation."""
        return [f for job, f in self.jobs if known_status(f).state in ("queued", "preempted")]

    def _is_over(self, job: Job, folder: Path) -> bool:
        return is_over(Earlier(job, known_status(folder), folder), self._plan.max_attempts)

    def _has_failed(self) -> bool:
        return any(known_status(folder).state == "failed" for _, folder in self._plan)


class Allocation:
    """One allocation, from its first moment to its last.

    Args:
        folder: of the sweep, as the cluster knows it.
        numbers: of the jobs that it works on.
    """

    def __init__(self, folder: ClusterFolder, numbers: Sequence[int]) -> None:
        self._plan = folder.read()
        self._share = Share(self._plan, numbers)
        self._told_by = 0
        folder.note_allocation(scheduler.own_identity(), numbers)

    def run(self) -> None:
        """Work on what is left; where SLURM takes the allocation away, ask for it again."""
        # SLURM signals every process. The server that forks the jobs has to outlive them, and what
        # is ignored when it starts it goes on to ignore.
        for number in (signal.SIGTERM, TAKEN_AWAY):
            signal.signal(number, signal.SIG_IGN)
        job, _ = self._share.jobs[0]
        processes = self._plan.launcher.processes(job)
        gpus = _visible_gpus() if job.gpu else []
        self._local = LocalLauncher(
            slots=processes,
            jobs_per_device=max(-(-processes // len(gpus)), 1) if gpus else 1,
            threads_per_job=self._plan.launcher.threads_per_job,
        )
        self._local.open(self._plan.entry)
        queue = self._queue(self._local.slots(gpus))
        self._listen(queue)
        queue.run()
        if self._told_by == TAKEN_AWAY:
            self._ask_for_more()

    def _queue(self, slots: Sequence[Slot]) -> Queue:
        plan = self._plan
        progress = Progress(len(self._share.jobs), len(slots), plan.metric, plan.mode)
        lines = Lines(progress, Console(file=sys.stdout, force_terminal=False), all_events=True)
        return Queue(
            self._share,
            [progress, lines],
            slots,
            self._start,
            plan.timeout,
            plan.fail_fast,
        )

    def _start(self, job: Job, slots: Sequence[Slot]) -> tuple[Path, Started] | None:
        """Start a job in its folder; None while somebody else trains there."""
        [(_, path)] = self._plan.of([job.number])
        status = known_status(path)
        try:
            with RunFolder(path).held():
                write_status(path, Status("queued", status.attempts, status.failures))
        except InputError:
            return None
        overrides = [*self._plan.shared, *job.overrides]
        if job.nodes > 1:
            return path, start_on_nodes(self._plan.entry, path, overrides, job.nodes)
        return path, self._local.start(path, overrides, slots)

    def _listen(self, queue: Queue) -> None:
        def handle(number: int, frame: FrameType | None) -> None:
            self._told_by = max(self._told_by, number, key=(0, signal.SIGTERM, TAKEN_AWAY).index)
            queue.stop()

        for number in (signal.SIGTERM, TAKEN_AWAY):
            signal.signal(number, handle)

    def _ask_for_more(self) -> None:
        """Queue this allocation again for the jobs that it has interrupted.

        Nobody else does: submitit listens to another signal, and Lightning to none. What SLURM
        itself has queued again meanwhile, when it took the nodes for another job, it does not
        queue twice.
        """
        limit = self._plan.launcher.max_attempts
        left = [folder for folder in self._share.interrupted() if not _gives_up(folder, limit)]
        if left and not scheduler.requeue(scheduler.own_identity()):
            sys.stdout.write("SLURM did not take the allocation back: sweep.py resume goes on\n")


def _gives_up(folder: Path, limit: int) -> bool:
    """Whether a job has begun as often as it may; it has failed then."""
    status = known_status(folder)
    if status.attempts < limit:
        return False
    reason = (
        f"not done after {limit} attempts; allowed: more hydra.launcher.time, or more "
        "hydra.launcher.max_attempts"
    )
    write_status(folder, replace(status, error=None).finished("failed", reason))
    return True


def _visible_gpus() -> list[str]:
    return [gpu for gpu in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if gpu]
