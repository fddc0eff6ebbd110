"""A launch on a SLURM cluster: all jobs are submitted up front, and then watched."""

import os
from collections.abc import Sequence

from reviewlab.cluster import scheduler
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan, expected
from reviewlab.cluster.status_text import submitted_as
from reviewlab.cluster.submission import submit
from reviewlab.cluster.watch import Watch
from reviewlab.config.machine import Machine
from reviewlab.console.commands import command, fit_command, shell_path
from reviewlab.console.text import count_of
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.queue import View


class SlurmPlace:
    """A SLURM cluster as the place where a sweep's jobs run."""

    machine = Machine.ELSEWHERE
    one_by_one = False

    def __init__(self, launcher: SlurmLauncher) -> None:
        self._launcher = launcher
        self.waits = launcher.wait

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return the number of jobs that run at a time if the cluster has room."""
        return self._launcher.jobs_at_a_time(len(jobs))

    def open(self, entry: str) -> None:
        """Check that SLURM is responding, before anything is written.

        Raises:
            InputError: SLURM is not responding.
        """
        scheduler.known_ids(os.getuid())

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse jobs that do not fit the settings of the allocations, before anything is written.

        Raises:
            InputError: a job does not fit.
        """
        for job in jobs:
            self._launcher.request(job)

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return a launch that runs the jobs of a planned sweep; see `Place`.

        Args:
            plan: the planned sweep.
            jobs: all planned jobs.
            entry: the function that each job runs, as "module:function".
        """
        return ClusterLaunch(plan, jobs, self._launcher, entry)


class ClusterLaunch(Launch):
    """Submits the unfinished jobs to SLURM, and follows them if `launcher.wait` is set.

    Args:
        plan: the planned sweep.
        jobs: all planned jobs, including those that are done.
        launcher: the settings of the allocations.
        entry: the function that each job runs, as "module:function".
    """

    def __init__(
        self, plan: LaunchPlan, jobs: Sequence[Job], launcher: SlurmLauncher, entry: str
    ) -> None:
        super().__init__(plan, launcher.jobs_at_a_time(len(jobs)), launcher.threads_per_job)
        self._jobs = {job.run_id: job for job in jobs}
        self._launcher = launcher
        self._entry = entry
        self._cluster = ClusterFolder(plan.folder.path)

    def _report_ended(self, over: Sequence[Earlier]) -> None:
        super()._report_ended(over)
        self._jobs |= {ended.job.run_id: ended.job for ended in over}

    def _carry_out(self, views: Sequence[View]) -> None:
        queued = expected(self._cluster, scheduler.known_ids(self._cluster.owner))
        if queued:
            self._say(f"{count_of(len(queued), 'job')} already in SLURM's queue")
        jobs = [*iter(self._work.next, None)]
        self._submit([job for job in jobs if job.run_id not in queued])
        while self._launcher.wait:
            self._follow(views)
            for job in jobs:
                self._over.add(job.run_id)
                path = self._folders[job.run_id]
                self._work.ended(job, known_status(path), path)
            jobs = [*iter(self._work.next, None)]  # the next round of a race
            if not jobs or (self._settings.fail_fast and self._progress.failures):
                return
            self._submit(jobs)

    def _submit(self, jobs: Sequence[Job]) -> None:
        self._jobs |= {job.run_id: job for job in jobs}
        ready = [job for job in jobs if self._prepare_folder(job) is not None]
        self._cluster.write(self._plan())
        if ready:
            allocations = submit(self._cluster, self._launcher, ready)
            self._say(submitted_as(ready, allocations))

    def _follow(self, views: Sequence[View]) -> None:
        try:
            Watch(self._cluster, views, self._over).run()
        except KeyboardInterrupt:
            follow = format_command("wait", self._cluster)
            self._say(f"the jobs keep running without this terminal; follow them by {follow}")
            raise

    def _end(self) -> tuple[int, str]:
        if self._launcher.wait:
            return super()._end()
        commands = (format_command(name, self._cluster) for name in ("status", "wait", "cancel"))
        return 0, "\n".join(["", "next:", *map(fit_command, commands), ""])

    def _plan(self) -> ClusterPlan:
        settings = self._settings
        begun = [job for run_id, job in self._jobs.items() if run_id in self._folders]
        return ClusterPlan(
            self._entry,
            self._launcher,
            settings.metric,
            settings.mode,
            settings.max_attempts,
            settings.timeout,
            settings.fail_fast,
            tuple(self._planner.fixed),
            tuple(begun),
            tuple(self._folders[job.run_id] for job in begun),
        )


def format_command(name: str, folder: ClusterFolder) -> str:
    """Format a command for a sweep that runs on the cluster, such as `wait`."""
    return f"{command('sweep')} {name} {shell_path(folder.sweep)}"
