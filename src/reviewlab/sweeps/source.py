"""The sources of a sweep's jobs."""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from reviewlab.reporting.plan import RacePlan
from reviewlab.runs.status import Status
from reviewlab.sweeps.folder import StudyIdentity
from reviewlab.sweeps.job import Earlier, Job


class Source(Protocol):
    """A source of jobs: all jobs of a grid, or those that a search proposes one after another."""

    def next(self) -> Job | None:
        """Return a job that can start now; None if no job can or no job is left."""

    def ended(self, job: Job, status: Status, folder: Path) -> None:
        """Take note of how a job ended.

        Args:
            job: the job that ended.
            status: the job's final status.
            folder: the job's folder.
        """


class Work(Source, Protocol):
    """A source whose jobs may have been started by an earlier launch."""

    @property
    def study_identity(self) -> StudyIdentity | None:
        """The identity of the search, for `sweep.yaml`; None for a grid."""

    @property
    def race(self) -> RacePlan | None:
        """The rounds of a race; None if the sweep is not a race."""

    @property
    def max_attempts(self) -> int:
        """The number of failures after which the sweep gives up on a job."""

    @property
    def total(self) -> int:
        """The number of jobs known so far, including those of earlier launches."""

    @property
    def waiting(self) -> Collection[Job]:
        """The jobs that will certainly come, as far as they are known."""

    @property
    def closing(self) -> str:
        """A remark printed below the table of jobs; may be empty."""

    def earlier(self) -> list[Earlier]:
        """Return the jobs that need no more work; called once, before the first job starts."""

    def mark(self, job: Job, folder: Path) -> None:
        """Write the settings that a job needs into its folder, before the job starts."""
