"""Messages about a sweep on a cluster: its status, and what was submitted."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from reviewlab.cluster.plan import ClusterFolder, expected
from reviewlab.console.text import count_of, readable_path
from reviewlab.runs.status import Status, read_status
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.outcome import known_status
from reviewlab.sweeps.status_text import SHOWN, attempt, reason


def sweep_status(folder: ClusterFolder, queued: set[str] | None) -> str:
    """Format a sweep's status: how many jobs are in each state, and a line per unfinished job.

    Args:
        folder: the sweep's `cluster` folder.
        queued: the ids of pending or running allocations; None if SLURM is not responding.
    """
    plan = folder.read()
    allocations = expected(folder, queued or set())
    jobs = [(job, path, known_status(path, read_status)) for job, path in plan]
    counts = Counter(status.state for _, _, status in jobs)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    lines = [
        f"{readable_path(folder.sweep)}: {count_of(len(jobs), 'job')}: {states}",
        _of_slurm(allocations, queued),
        *_confirmed(folder),
    ]
    open_jobs = [(job, path, status) for job, path, status in jobs if not status.is_done]
    lines += [_line(job, status, path, allocations) for job, path, status in open_jobs[:SHOWN]]
    if len(open_jobs) > SHOWN:
        lines.append(f"and {len(open_jobs) - SHOWN} more")
    return "\n".join(lines)


def submitted_as(jobs: Sequence[Job], identities: Sequence[str]) -> str:
    """Say how many jobs and allocations were submitted, with the ids of the SLURM arrays.

    Args:
        jobs: the submitted jobs.
        identities: the ids of the jobs' allocations.
    """
    arrays = sorted({identity.partition("_")[0] for identity in identities}, key=int)
    allocations = count_of(len(identities), "allocation")
    return f"submitted {count_of(len(jobs), 'job')} in {allocations} ({', '.join(arrays)})"


def without_config(jobs: Sequence[Job]) -> str:
    """List the jobs that cannot be submitted because their config is missing."""
    numbers = ", ".join(str(job.number) for job in jobs[:SHOWN])
    more = f" and {len(jobs) - SHOWN} more" if len(jobs) > SHOWN else ""
    return f"no config.yaml for job {numbers}{more}"


def _of_slurm(allocations: dict[str, str], queued: set[str] | None) -> str:
    if queued is None:
        return "squeue is not responding: pending and running allocations are not known"
    if not allocations:
        return "none of its allocations is in SLURM's queue"
    some = sorted({*allocations.values()}, key=lambda name: [int(part) for part in name.split("_")])
    more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
    return f"allocations in SLURM's queue: {', '.join(some[:SHOWN])}{more}"


def _confirmed(folder: ClusterFolder) -> list[str]:
    """Return a list of one line that names the trials that a search confirms, if it does."""
    race = SweepFolder(folder.sweep).plan().race
    if race is None or not race.finalists:
        return []
    trials = ", ".join(map(str, race.finalists))
    seeds = count_of(len(race.rounds), "fresh seed")
    return [f"confirms the best trials of a search with {seeds}: {trials}"]


def _line(job: Job, status: Status, path: Path, allocations: dict[str, str]) -> str:
    where = f" in {allocations[job.run_id]}" if job.run_id in allocations else ""
    host = f" on {status.host}" if status.state == "running" else ""
    began = f"job {job.number} {status.state}{where}{host}{attempt(status)}"
    return f"{began}  {job.label}{reason(status, path)}"
