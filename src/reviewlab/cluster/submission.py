"""Submit jobs to SLURM: packed into allocations, and the allocations into arrays."""

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
    """Yield each allocation's jobs, at most `size` of them.

    All jobs of an allocation need the same number of nodes and of devices.
    """
    for _, group in itertools.groupby(sorted(jobs, key=_shape), _shape):
        rest = iter(group)
        while pack := list(itertools.islice(rest, size)):
            yield pack


def submit(folder: ClusterFolder, launcher: SlurmLauncher, jobs: Sequence[Job]) -> list[str]:
    """Submit `jobs` and return the ids of their allocations.

    If the jobs do not fit into the largest array that the cluster allows, each array waits until
    the previous one has ended, so that `array_parallelism` limits all arrays together.

    Args:
        folder: the sweep's `cluster` folder; the plan must have been written to it.
        launcher: the settings of the allocations.
        jobs: the jobs, whose folders have been prepared.

    Raises:
        InputError: SLURM rejects jobs; those that it has already accepted will still run.
    """
    source = snapshot(folder.code)
    largest = scheduler.largest_array()
    submitted: list[str] = []
    packs = packed(jobs, launcher.jobs_per_allocation)
    for _, group in itertools.groupby(packs, lambda pack: _shape(pack[0])):
        before = ""
        rest = iter(group)
        while array := list(itertools.islice(rest, largest)):
            parameters = {**launcher.request(array[0][0]), **_after(before)}
            identities = _submit_array(folder, launcher, parameters, array, str(source))
            submitted += identities
            before = identities[0].partition("_")[0]
    return submitted


def _submit_array(
    folder: ClusterFolder,
    launcher: SlurmLauncher,
    parameters: SbatchParameters,
    array: Sequence[Sequence[Job]],
    source: str,
) -> list[str]:
    from submitit import SlurmExecutor  # takes half a second, so only when jobs are submitted
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    packs = [[job.run_id for job in pack] for pack in array]
    first = f"export PYTHONPATH={shlex.quote(source)}${{PYTHONPATH:+:$PYTHONPATH}}"
    try:
        executor = SlurmExecutor(folder.logs, python=_python_ignoring_signal(folder, launcher))
        executor.update_parameters(
            job_name=folder.sweep.name, setup=[*launcher.setup, first], **parameters
        )
        with _without_slurm_environment(), executor.batch():
            handles = [executor.submit(work, str(folder.sweep), pack, launcher) for pack in packs]
    except (FailedJobError, FailedSubmissionError, RuntimeError, OSError) as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise InputError(f"hydra.launcher: SLURM rejected the jobs: {last[0]}") from error
    for handle, pack in zip(handles, packs, strict=True):
        folder.note_allocation(handle.job_id, pack)
    return [handle.job_id for handle in handles]


def _python_ignoring_signal(folder: ClusterFolder, launcher: SlurmLauncher) -> str:
    """Return a command that starts Python with SLURM's signal ignored until a handler is set.

    Otherwise a signal in an allocation's first seconds would kill it before it can requeue itself.
    """
    script = folder.path / "python.sh"
    python = launcher.python or shlex.quote(sys.executable)
    write_text(script, f"trap '' {SIGNAL}\nexec {python} \"$@\"\n")
    return f"/bin/sh {shlex.quote(str(script))}"


@contextmanager
def _without_slurm_environment() -> Iterator[None]:
    """Hide an enclosing allocation's variables, so that submitted jobs do not inherit them."""
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
