"""Hands jobs to SLURM: packed into allocations, which are submitted as arrays."""

import itertools
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from reviewlab.cluster import scheduler
from reviewlab.cluster.allocation import work
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.snapshot import snapshot
from reviewlab.errors import InputError
from reviewlab.sweeps.job import Job


def packed(jobs: Sequence[Job], size: int) -> Iterator[list[Job]]:
    """Jobs that share an allocation: `size` at most, and all with as many devices of one kind."""
    for _, alike in itertools.groupby(sorted(jobs, key=_shape), _shape):
        rest = iter(alike)
        while pack := list(itertools.islice(rest, size)):
            yield pack


def submit(folder: ClusterFolder, launcher: SlurmLauncher, jobs: Sequence[Job]) -> list[str]:
    """Submit `jobs`, whose folders and plan are written; the ids of their allocations.

    No array is larger than the cluster allows; what is left over waits until the one before has
    ended, so that `array_parallelism` holds for all of them together.

    Raises: InputError when SLURM refuses; what it has taken by then runs.
    """
    source = snapshot(folder.code)
    largest = scheduler.largest_array()
    submitted: list[str] = []
    packs = packed(jobs, launcher.jobs_per_allocation)
    for _, alike in itertools.groupby(packs, lambda pack: _shape(pack[0])):
        before = ""
        rest = iter(alike)
        while array := list(itertools.islice(rest, largest)):
            asked = {**launcher.request(array[0][0]), **_after(before)}
            identities = _submit_array(folder, launcher, asked, array, str(source))
            submitted += identities
            before = identities[0].partition("_")[0]
    return submitted


def _submit_array(
    folder: ClusterFolder,
    launcher: SlurmLauncher,
    asked: dict[str, Any],
    array: Sequence[Sequence[Job]],
    source: str,
) -> list[str]:
    from submitit import SlurmExecutor  # half a second that no node and no reader has to spend
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    numbers = [[job.number for job in pack] for pack in array]
    try:
        executor = SlurmExecutor(folder.logs, python=launcher.python)
        executor.update_parameters(
            job_name=folder.sweep.name,
            setup=[f"export PYTHONPATH={shlex.quote(source)}", *launcher.setup],
            **asked,
        )
        with executor.batch():
            handles = [executor.submit(work, str(folder.sweep), pack) for pack in numbers]
    except (FailedJobError, FailedSubmissionError, RuntimeError, OSError) as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise InputError(f"hydra.launcher: SLURM takes no jobs: {last[0]}") from error
    for handle, pack in zip(handles, numbers, strict=True):
        folder.note_allocation(handle.job_id, pack)
    return [handle.job_id for handle in handles]


def _shape(job: Job) -> tuple[int, int, bool]:
    return job.nodes, job.devices, job.gpu


def _after(array: str) -> dict[str, str]:
    return {"dependency": f"afterany:{array}"} if array else {}
