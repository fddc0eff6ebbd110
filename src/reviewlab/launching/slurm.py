"""A launch on a SLURM cluster: everything is written and submitted at once, then followed."""

import os
from collections.abc import Sequence

from reviewlab.cluster import scheduler
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan, expected
from reviewlab.cluster.status_text import submitted_as
from reviewlab.cluster.submission import submit
from reviewlab.cluster.watch import Watch
from reviewlab.config.machine import Machine
from reviewlab.console.commands import command, shell_path
from reviewlab.console.text import count_of
from reviewlab.launching.launch import Launch, LaunchPlan
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.queue import View


class SlurmPlace:
    """A SLURM cluster, as a sweep uses it."""

    machine = Machine.ELSEWHERE
    one_by_one = False

    def __init__(self, launcher: SlurmLauncher) -> None:
        self._launcher = launcher

    def jobs_at_a_time(self, jobs: Sequence[Job]) -> int:
        """Return how many of the jobs run at a time, when the cluster has room."""
        return self._launcher.jobs_at_a_time(len(jobs))

    def open(self, entry: str) -> None:
        """Ask SLURM whether it is there, before anything is written.

        Raises:
            InputError: it does not answer.
        """
        scheduler.known_ids(os.getuid())

    def refuse(self, jobs: Sequence[Job]) -> None:
        """Refuse a job that no allocation could be asked for, before anything is written.

        Raises:
            InputError: there is one.
        """
        for job in jobs:
            self._launcher.request(job)

    def launch(self, plan: LaunchPlan, jobs: Sequence[Job], entry: str) -> Launch:
        """Return what works off a planned sweep; see `Place`.

        Args:
            plan: the sweep.
            jobs: all that were planned.
            entry: "module:function", what a job runs.
        """
        return ClusterLaunch(plan, jobs, self._launcher, entry)


class ClusterLaunch(Launch):
    """Submits what is left to do.

    Args:
        plan: what is to be done.
        jobs: all that were planned, those that are done too.
        launcher: what an allocation asks for.
        entry: "module:function", what a job runs.
    """

    def __init__(
        self, plan: LaunchPlan, jobs: Sequence[Job], launcher: SlurmLauncher, entry: str
    ) -> None:
        super().__init__(plan, launcher.jobs_at_a_time(len(jobs)), launcher.threads_per_job)
        self._jobs = jobs
        self._launcher = launcher
        self._entry = entry
        self._cluster = ClusterFolder(plan.folder.path)

    def _carry_out(self, views: Sequence[View]) -> None:
        going = expected(self._cluster, scheduler.known_ids(self._cluster.owner))
        left = [job for job in iter(self._work.next, None) if job.run_id not in going]
        ready = [job for job in left if self._make_ready(job) is not None]
        self._cluster.write(self._plan())
        if going:
            self._say(f"{count_of(len(going), 'job')} in SLURM's queue already")
        if ready:
            submitted = submit(self._cluster, self._launcher, ready)
            self._say(submitted_as(ready, submitted))
        if self._launcher.wait:
            self._follow(views)

    def _follow(self, views: Sequence[View]) -> None:
        try:
            Watch(self._cluster, views, self._over).run()
        except KeyboardInterrupt:
            commands = format_next_commands(self._cluster)
            self._say(f"the jobs go on without this terminal; {commands}")
            raise

    def _end(self) -> tuple[int, str]:
        if self._launcher.wait:
            return super()._end()
        return 0, f"{format_next_commands(self._cluster)}\n"

    def _plan(self) -> ClusterPlan:
        settings = self._settings
        return ClusterPlan(
            self._entry,
            self._launcher,
            settings.metric,
            settings.mode,
            settings.max_attempts,
            settings.timeout,
            settings.fail_fast,
            tuple(self._planner.fixed),
            tuple(self._jobs),
            tuple(self._folders.get(j.run_id) or self._folder.of_job(j) for j in self._jobs),
        )


def format_next_commands(folder: ClusterFolder) -> str:
    """Format the commands for a sweep that other processes work on."""
    return f"{command('sweep')} status|wait|cancel {shell_path(folder.sweep)}"
