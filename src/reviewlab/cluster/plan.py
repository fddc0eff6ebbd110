"""The plan of a sweep on a cluster, in files that outlive the process that submitted it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.exceptions import InputError
from reviewlab.runs.files import read_json, write_json
from reviewlab.runs.status import Status
from reviewlab.sweeps.job import Earlier, Job
from reviewlab.sweeps.outcome import is_over, known_status
from reviewlab.sweeps.queue import LATE


@dataclass(frozen=True)
class ClusterPlan:
    """All jobs of a sweep, with the settings by which they are run.

    entry: "module:function", what a job runs.
    shared: overrides that all jobs have.
    jobs, folders: by position; the folders are those of the jobs, absolute.
    """

    entry: str
    launcher: SlurmLauncher
    metric: str
    mode: str
    max_attempts: int
    timeout: float | None
    fail_fast: bool
    shared: tuple[str, ...]
    jobs: tuple[Job, ...]
    folders: tuple[Path, ...]

    def __iter__(self) -> Iterator[tuple[Job, Path]]:
        """Each job with its folder."""
        return zip(self.jobs, self.folders, strict=True)

    def of(self, run_ids: Collection[str]) -> list[tuple[Job, Path]]:
        """The jobs with these run ids, with their folders; a grid may have lost some since."""
        return [(job, folder) for job, folder in self if job.run_id in run_ids]

    def is_over(self, status: Status, folder: Path) -> bool:
        """Tell whether no allocation works on it again; one that failed or was late is resumed."""
        gave_up = status.state == "failed" or was_late(status)
        return gave_up or is_over(status, folder, self.max_attempts)

    def ended(self) -> list[Earlier]:
        """The jobs that need no more work."""
        jobs = (Earlier(job, known_status(folder), folder) for job, folder in self)
        return [e for e in jobs if is_over(e.status, e.folder, self.max_attempts)]


def was_late(status: Status) -> bool:
    """Tell whether it was killed because it took longer than the sweep allows."""
    return status.state == "killed" and status.reason.startswith(LATE)


class ClusterFolder:
    """The folder `cluster` of a sweep: plan, allocations, code, and what SLURM's jobs printed.

    path: of the sweep.
    """

    def __init__(self, path: Path) -> None:
        self.sweep = path.resolve()
        self.path = self.sweep / "cluster"
        self.logs = self.path / "logs"
        self.code = self.path / "code"
        self._allocations = self.path / "allocations"

    def write(self, plan: ClusterPlan) -> None:
        """Keep the plan."""
        self.path.mkdir(exist_ok=True)
        folders = [str(folder.relative_to(self.sweep)) for folder in plan.folders]
        write_json(self.path / "plan.json", asdict(plan) | {"folders": folders})

    def read(self) -> ClusterPlan:
        """The plan that `write` kept.

        Raises: InputError where there is none that can be read.
        """
        try:
            fields = read_json(self.path / "plan.json")
        except (OSError, ValueError) as error:
            raise InputError(
                f"sweep: {str(self.sweep)!r} has not been submitted to a cluster; allowed: the "
                "folder of a sweep with hydra/launcher=slurm"
            ) from error
        jobs = [Job(**{**job, "overrides": tuple(job["overrides"])}) for job in fields["jobs"]]
        return ClusterPlan(
            **fields
            | {
                "launcher": SlurmLauncher(**fields["launcher"]),
                "shared": tuple(fields["shared"]),
                "jobs": tuple(jobs),
                "folders": tuple(self.sweep / folder for folder in fields["folders"]),
            }
        )

    @property
    def owner(self) -> int:
        """The user id of the person who submitted, as SLURM knows the allocations."""
        return self.sweep.stat().st_uid

    def note_allocation(self, identity: str, run_ids: Sequence[str]) -> None:
        """Keep which jobs an allocation works on; it says so too when it begins.

        A job's number changes when a grid grows, its run id never.
        """
        self._allocations.mkdir(parents=True, exist_ok=True)
        write_json(self._allocations / f"{identity}.json", {"jobs": [*run_ids]})

    def allocations(self) -> Mapping[str, list[str]]:
        """By id, the run ids of the jobs of every allocation that was ever submitted."""
        files = sorted(self._allocations.glob("*.json"))
        return {file.stem: read_json(file)["jobs"] for file in files}


def expected(folder: ClusterFolder, queued: set[str]) -> dict[str, str]:
    """By run id, the jobs that SLURM has still to begin or to end, and their allocation.

    queued: the ids of allocations that wait or run.
    """
    allocations = folder.allocations().items()
    return {run_id: name for name, ids in allocations if name in queued for run_id in ids}
