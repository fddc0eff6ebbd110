"""Hand jobs to SLURM: packed into allocations, which are submitted as arrays."""

import itertools
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from reviewlab.cluster import scheduler
from reviewlab.cluster.allocation import work
from reviewlab.cluster.launcher import SIGNAL, SbatchParameters, SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder
from reviewlab.exceptions import InputError
from reviewlab.runs.files import write_text
from reviewlab.runs.provenance import snapshot
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
    ended, so that `array_parallelism` holds for all alike together.

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
    asked: SbatchParameters,
    array: Sequence[Sequence[Job]],
    source: str,
) -> list[str]:
    from submitit import SlurmExecutor  # half a second that no node and no reader has to spend
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    packs = [[job.run_id for job in pack] for pack in array]
    first = f"export PYTHONPATH={shlex.quote(source)}${{PYTHONPATH:+:$PYTHONPATH}}"
    try:
        executor = SlurmExecutor(folder.logs, python=_deaf_python(folder, launcher))
        executor.update_parameters(
            job_name=folder.sweep.name, setup=[*launcher.setup, first], **asked
        )
        with _outside_of_slurm(), executor.batch():
            handles = [executor.submit(work, str(folder.sweep), pack, launcher) for pack in packs]
    except (FailedJobError, FailedSubmissionError, RuntimeError, OSError) as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise InputError(f"hydra.launcher: SLURM takes no jobs: {last[0]}") from error
    for handle, pack in zip(handles, packs, strict=True):
        folder.note_allocation(handle.job_id, pack)
    return [handle.job_id for handle in handles]


def _deaf_python(folder: ClusterFolder, launcher: SlurmLauncher) -> str:
    """A command that starts Python, and ignores SLURM's signal until somebody listens to it.

    Told within its first seconds, an allocation would die, and nobody would ask for another.
    """
    script = folder.path / "python.sh"
    python = launcher.python or shlex.quote(sys.executable)
    write_text(script, f"trap '' {SIGNAL}\nexec {python} \"$@\"\n")
    return f"/bin/sh {shlex.quote(str(script))}"


@contextmanager
def _outside_of_slurm() -> Iterator[None]:
    """Submit as from a login node: jobs would inherit what a shell in an allocation has set."""
    own = {key: os.environ[key] for key in os.environ if key.startswith("SLURM_")}
    own.pop("SLURM_CONF", None)
    for key in own:
        del os.environ[key]
    try:
        yield
    finally:
        os.environ.update(own)


def _shape(job: Job) -> tuple[int, int, bool]:
    return job.nodes, job.devices, job.gpu


def _after(array: str) -> dict[str, str]:
    return {"dependency": f"afterany:{array}"} if array else {}
