"""The plan of a sweep on a cluster, in files that outlive the submitting process."""

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
    """All jobs of a sweep, with the settings they are run with.

    Attributes:
        entry: the function that a job runs, as "module:function".
        launcher: the settings of the allocations.
        metric: the metric that the leaderboard ranks by.
        mode: min or max.
        max_attempts: how often a job may fail before the sweep gives up on it.
        timeout: seconds that a job may take; None: no limit.
        fail_fast: start no more jobs once one has failed.
        shared: the overrides that all jobs have in common.
        jobs: the jobs of the sweep.
        folders: absolute paths of the jobs' folders, in the order of `jobs`.
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
        """Iterate over pairs of a job and its folder."""
        return zip(self.jobs, self.folders, strict=True)

    def of(self, run_ids: Collection[str]) -> list[tuple[Job, Path]]:
        """Return the jobs that have these run ids, each with its folder; skip unknown ids."""
        return [(job, folder) for job, folder in self if job.run_id in run_ids]

    def is_over(self, status: Status, folder: Path) -> bool:
        """Return True if this submission will not start a job again.

        A job that failed or timed out is started again only by `resume`.
        """
        gave_up = status.state == "failed" or was_late(status)
        return gave_up or is_over(status, folder, self.max_attempts)

    def ended(self) -> list[Earlier]:
        """Return the jobs that need no more work."""
        jobs = (Earlier(job, known_status(folder), folder) for job, folder in self)
        return [e for e in jobs if is_over(e.status, e.folder, self.max_attempts)]


def was_late(status: Status) -> bool:
    """Return True if a job was killed because it took longer than `sweep.timeout`."""
    return status.state == "killed" and status.reason.startswith(LATE)


class ClusterFolder:
    """The folder `cluster` of a sweep, with its plan, allocations, code and SLURM's output.

    Args:
        path: the folder of the sweep.
    """

    def __init__(self, path: Path) -> None:
        self.sweep = path.resolve()
        self.path = self.sweep / "cluster"
        self.logs = self.path / "logs"
        self.code = self.path / "code"
        self._plan = self.path / "plan.json"
        self._allocations = self.path / "allocations"

    @property
    def is_submitted(self) -> bool:
        """True if the folder has a plan, which is written before anything is submitted."""
        return self._plan.exists()

    def write(self, plan: ClusterPlan) -> None:
        """Write the plan to `plan.json`."""
        self.path.mkdir(exist_ok=True)
        folders = [str(folder.relative_to(self.sweep)) for folder in plan.folders]
        write_json(self._plan, asdict(plan) | {"folders": folders})

    def read(self) -> ClusterPlan:
        """Read the plan that `write` saved.

        Raises:
            InputError: there is no readable plan.
        """
        try:
            fields = read_json(self._plan)
        except (OSError, ValueError) as error:
            raise InputError(
                f"sweep: {str(self.sweep)!r} has not been submitted to a cluster; allowed: the "
                "folder of a sweep with hydra/launcher=slurm, and for `status` that of any sweep"
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
        """The id of the user who submitted the sweep, and so owns its allocations in SLURM."""
        return self.sweep.stat().st_uid

    def note_allocation(self, identity: str, run_ids: Sequence[str]) -> None:
        """Record which jobs an allocation works on; called at its submission and at its start.

        Jobs are recorded by run id, since their numbers change when a grid grows.
        """
        self._allocations.mkdir(parents=True, exist_ok=True)
        write_json(self._allocations / f"{identity}.json", {"jobs": [*run_ids]})

    def allocations(self) -> Mapping[str, list[str]]:
        """Map the id of every allocation submitted so far to the run ids of its jobs."""
        files = sorted(self._allocations.glob("*.json"))
        return {file.stem: read_json(file)["jobs"] for file in files}


def expected(folder: ClusterFolder, queued: set[str]) -> dict[str, str]:
    """Map the run id of each job whose allocation has not ended to that allocation's id.

    Args:
        folder: the sweep's `cluster` folder.
        queued: the ids of allocations that are pending or running.
    """
    allocations = folder.allocations().items()
    return {run_id: name for name, ids in allocations if name in queued for run_id in ids}
