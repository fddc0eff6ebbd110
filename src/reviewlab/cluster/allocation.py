"""Work in an allocation: a queue over its jobs, like that of a laptop, and one requeue."""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

from reviewlab.cluster import scheduler
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.nodes import start_on_nodes
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan, was_late
from reviewlab.cluster.settle import make_queued, settle_without_allocation
from reviewlab.console.commands import command, shell_path
from reviewlab.console.exit import install_handler, replace_unprintable
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started, named_gpus
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.queue import Queue
from reviewlab.sweeps.views import Lines

TAKEN_AWAY = signal.SIGUSR1
"""SLURM says with it that the allocation ends: at its time limit, or for somebody else's job."""

LONGEST_GRACE = 600
"""Seconds after which SLURM has ended what it wanted to end."""


def work(sweep: str, run_ids: Sequence[str], launcher: SlurmLauncher) -> None:
    """Work on these jobs of `sweep`; what submitit calls in an allocation."""
    Allocation(ClusterFolder(Path(sweep)), run_ids, launcher).run()


class Share:
    """A source of the jobs of one allocation; one that was killed is handed out again at once.

    whole: the plan; with `fail_fast`, nothing more starts once another job of it has failed.
    limit: how often a job may begin.
    """

    def __init__(self, whole: ClusterPlan, run_ids: Sequence[str], limit: int) -> None:
        self.jobs = whole.of(run_ids)
        self._plan = whole
        for _, folder in self.jobs:
            if known_status(folder).state == "running":
                settle_without_allocation(folder)  # by an attempt that nobody ended
            give_up(folder, limit)
        self._failed = self._failures()
        self._left = deque(
            job for job, folder in self.jobs if not whole.is_over(known_status(folder), folder)
        )

    def next(self) -> Job | None:
        """The next job that has something left to do."""
        if not self._left or (self._plan.fail_fast and self._failures() - self._failed):
            return None
        return self._left.popleft()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Try a killed job again, from its last checkpoint."""
        if self._goes_on(status) and status.state == "killed":
            self._left.append(job)

    def interrupted(self) -> list[Path]:
        """The folders of jobs that could go on in another allocation."""
        return [folder for _, folder in self.jobs if self._goes_on(known_status(folder))]

    def _goes_on(self, status: Status) -> bool:
        if status.state == "killed":
            return not was_late(status) and status.failures < self._plan.max_attempts
        return status.state in ("queued", "preempted")

    def _failures(self) -> set[str]:
        if not self._plan.fail_fast:
            return set()
        return {job.run_id for job, f in self._plan if known_status(f).state == "failed"}


class Allocation:
    """One allocation, from its first moment to its last.

    Args:
        folder: of the sweep, as the cluster knows it.
        run_ids: of the jobs that it works on.
        launcher: what it was asked for with.
    """

    def __init__(
        self, folder: ClusterFolder, run_ids: Sequence[str], launcher: SlurmLauncher
    ) -> None:
        self._sweep, self._plan = folder.sweep, folder.read()
        self._launcher = launcher
        self._share = Share(self._plan, run_ids, launcher.max_attempts)
        self._stopped_by = 0
        folder.note_allocation(scheduler.own_identity(), run_ids)

    def run(self) -> None:
        """Work on what is left; where SLURM takes the allocation away, ask for it again."""
        if not self._share.jobs:
            return
        job, _ = self._share.jobs[0]
        processes, gpus = self._launcher.processes(job), named_gpus()
        self._local = LocalLauncher(
            slots=processes,
            jobs_per_device=max(-(-processes // len(gpus)), 1) if gpus else 1,
            threads_per_job=self._launcher.threads_per_job,
        )
        # SLURM signals every process; TAKEN_AWAY is ignored since before Python has started, and so
        # by the server that forks the jobs, which has to outlive them.
        self._local.open(self._plan.entry)
        queue = self._queue(self._local.slots(gpus))
        self._listen(queue)
        queue.run()
        if self._stopped_by and self._share.interrupted():
            self._leave_it_to_slurm()

    def _queue(self, slots: Sequence[Slot]) -> Queue:
        plan = self._plan
        replace_unprintable()
        progress = Progress(len(self._share.jobs), len(slots), plan.metric, plan.mode)
        lines = Lines(progress, Console(file=sys.stdout, force_terminal=False), all_events=True)
        return Queue(
            self._share,
            [progress, lines],
            slots,
            self._start,
            plan.timeout,
            plan.fail_fast,
            grace=self._launcher.signal_seconds,
        )

    def _start(self, job: Job, slots: Sequence[Slot]) -> tuple[Path, Started] | None:
        """Start a job in its folder; None while somebody else trains there."""
        [(_, path)] = self._plan.of([job.run_id])
        if not make_queued(path):
            return None
        overrides = [*self._plan.shared, *job.overrides]
        if job.nodes > 1:
            asked = self._launcher.request(job)
            return path, start_on_nodes(self._plan.entry, path, overrides, asked)
        return path, self._local.start(path, overrides, slots)

    def _listen(self, queue: Queue) -> None:
        def handle(number: int, frame: FrameType | None) -> None:
            if number == TAKEN_AWAY or not self._stopped_by:
                self._stopped_by = number
            queue.stop()

        for number in (signal.SIGTERM, TAKEN_AWAY):
            install_handler(number, handle)

    def _leave_it_to_slurm(self) -> None:
        """Ask for this allocation again if it was taken away, and wait until SLURM ends it.

        Nobody else asks: submitit listens to another signal, and Lightning to none. After a plain
        SIGTERM SLURM knows itself whether the jobs go on (preemption) or not (`scancel`); an
        allocation that ends by itself would tell it that the work is done.
        """
        if self._stopped_by == TAKEN_AWAY:
            limit = self._launcher.max_attempts
            for folder in self._share.interrupted():
                give_up(folder, limit)
            again = int(os.environ.get("SLURM_RESTART_COUNT", "0"))
            if not self._share.interrupted() or again >= limit:
                return
            if not scheduler.requeue(scheduler.own_identity()):
                resume = f"{command('sweep')} resume {shell_path(self._sweep)}"
                sys.stdout.write(f"SLURM did not take the allocation back; go on: {resume}\n")
        time.sleep(LONGEST_GRACE)


def give_up(folder: Path, limit: int) -> None:
    """Let a job that has begun as often as it may have failed."""
    status = known_status(folder)
    if status.attempts < limit or status.state not in ("queued", "preempted"):
        return
    reason = (
        f"not done after {limit} attempts; allowed: more hydra.launcher.time, or more "
        "hydra.launcher.max_attempts"
    )
    write_status(folder, status.finished("failed", reason))
