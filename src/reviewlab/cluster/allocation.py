"""Run the jobs of one SLURM allocation, and requeue the allocation if it is cut short."""

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
from reviewlab.console.exit import install_handler
from reviewlab.console.streams import prepare_streams
from reviewlab.runs.status import Status, write_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher, Slot, Started, named_gpus
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.progress import Progress
from reviewlab.sweeps.queue import Queue
from reviewlab.sweeps.views import Lines

LONGEST_GRACE = 600
"""Seconds to wait until SLURM ends an allocation; it should never take that long."""


def work(sweep: str, run_ids: Sequence[str], launcher: SlurmLauncher) -> None:
    """Run some jobs of a sweep; submitit calls this function in a SLURM allocation.

    Args:
        sweep: the path of the sweep's folder.
        run_ids: the run ids of the jobs to run.
        launcher: the settings that the allocation was submitted with.
    """
    Allocation(ClusterFolder(Path(sweep)), run_ids, launcher).run()


class Share:
    """Hands out the jobs of one SLURM allocation; a job that was killed is handed out again.

    Args:
        plan: the plan of the sweep. With `fail_fast`, no more jobs are handed out once any job of
            the sweep has failed.
        run_ids: the run ids of the allocation's jobs.
        limit: how often a job may start.
    """

    def __init__(self, plan: ClusterPlan, run_ids: Sequence[str], limit: int) -> None:
        self.jobs = plan.of(run_ids)
        self._plan = plan
        for _, folder in self.jobs:
            if known_status(folder).state == "running":
                settle_without_allocation(folder)  # left by an attempt whose end was not recorded
            give_up(folder, limit)
        self._failed = self._failures()
        self._left = deque(
            job for job, folder in self.jobs if not plan.is_over(known_status(folder), folder)
        )

    def next(self) -> Job | None:
        """Return the next job that needs more work."""
        if not self._left or (self._plan.fail_fast and self._failures() - self._failed):
            return None
        return self._left.popleft()

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Queue a killed job again, to resume from its last checkpoint.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """
        if self._can_resume(status) and status.state == "killed":
            self._left.append(job)

    def interrupted(self) -> list[Path]:
        """Return the folders of jobs that could resume in another allocation."""
        return [folder for _, folder in self.jobs if self._can_resume(known_status(folder))]

    def _can_resume(self, status: Status) -> bool:
        if status.state == "killed":
            return not was_late(status) and status.failures < self._plan.max_attempts
        return status.state in ("queued", "preempted")

    def _failures(self) -> set[str]:
        if not self._plan.fail_fast:
            return set()
        return {job.run_id for job, f in self._plan if known_status(f).state == "failed"}


class Allocation:
    """Runs jobs in one SLURM allocation, from its start to its end.

    Args:
        folder: the sweep's `cluster` folder.
        run_ids: the run ids of the jobs to run.
        launcher: the settings that the allocation was submitted with.
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
        """Run the jobs that are left; if SLURM ends the allocation early, requeue it."""
        if not self._share.jobs:
            return
        job, _ = self._share.jobs[0]
        processes, gpus = self._launcher.processes(job), named_gpus()
        self._local = LocalLauncher(
            slots=processes,
            jobs_per_device=max(-(-processes // len(gpus)), 1) if gpus else 1,
            threads_per_job=self._launcher.threads_per_job,
        )
        # SLURM signals every process. The shell that starts Python ignores SIGUSR1, so the
        # fork server, which has to outlive the jobs, inherits that and survives.
        self._local.open(self._plan.entry)
        queue = self._queue(self._local.slots(gpus))
        self._listen(queue)
        queue.run()
        if self._stopped_by and self._share.interrupted():
            self._requeue_and_wait()

    def _queue(self, slots: Sequence[Slot]) -> Queue:
        plan = self._plan
        prepare_streams()
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
        """Start a job in its folder; return None while another process trains there."""
        [(_, path)] = self._plan.of([job.run_id])
        if not make_queued(path):
            return None
        overrides = [*self._plan.shared, *job.overrides]
        if job.nodes > 1:
            parameters = self._launcher.request(job)
            return path, start_on_nodes(self._plan.entry, path, overrides, parameters)
        return path, self._local.start(path, overrides, slots)

    def _listen(self, queue: Queue) -> None:
        """Stop the queue on SIGTERM, and on SIGUSR1, with which SLURM announces the end.

        Windows has no SIGUSR1, so it is named only where jobs run.
        """

        def handle(number: int, frame: FrameType | None) -> None:
            if number == signal.SIGUSR1 or not self._stopped_by:
                self._stopped_by = number
            queue.stop()

        for number in (signal.SIGTERM, signal.SIGUSR1):
            install_handler(number, handle)

    def _requeue_and_wait(self) -> None:
        """Requeue this allocation if SLURM announced its end, and wait until SLURM ends it.

        Nothing else requeues it: submitit handles a different signal, and Lightning handles none.
        After a plain SIGTERM SLURM decides by itself whether the jobs resume (preemption) or not
        (`scancel`). An allocation that exited by itself would count as completed, hence the wait.
        """
        if self._stopped_by == signal.SIGUSR1:
            limit = self._launcher.max_attempts
            for folder in self._share.interrupted():
                give_up(folder, limit)
            restarts = int(os.environ.get("SLURM_RESTART_COUNT", "0"))
            if not self._share.interrupted() or restarts >= limit:
                return
            if not scheduler.requeue(scheduler.own_identity()):
                resume = f"{command('sweep')} resume {shell_path(self._sweep)}"
                sys.stdout.write(f"SLURM did not requeue the allocation; resume with: {resume}\n")
        time.sleep(LONGEST_GRACE)


def give_up(folder: Path, limit: int) -> None:
    """Mark an unfinished job as failed once it has started `limit` times."""
    status = known_status(folder)
    if status.attempts < limit or status.state not in ("queued", "preempted"):
        return
    reason = (
        f"not done after {limit} attempts; raise hydra.launcher.time or hydra.launcher.max_attempts"
    )
    write_status(folder, status.finished("failed", reason))
