"""Measure a sweep of thousands of short jobs: time, memory, the page and the status on a cluster.

python -m reviewlab.benchmarks.scale scale --jobs 10000

The sweep must be new, since only the jobs of one launch can be timed together. Memory is read as
Linux tells it.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from reviewlab.benchmarks.measurement import seconds
from reviewlab.benchmarks.starting import TRAIN, run_python
from reviewlab.benchmarks.sweeps import SLOTS, Times, span, times_of, varied_seed
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder, ClusterPlan
from reviewlab.cluster.status_text import sweep_status
from reviewlab.console.table import markdown_table
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job

SEEDS = 10
SMALL = ("data=demo", "data.reviews=300", "model=lstm", "trainer.max_epochs=1")
"""A job that trains for about a tenth of a second."""

EVERY = 5
"""Seconds between two looks at the memory of the sweep's process."""


def main() -> None:
    """Run the sweep that `sys.argv` describes, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", help="name of a new sweep in outputs/sweeps/")
    parser.add_argument("--jobs", type=int, default=10_000, help=f"a multiple of {SEEDS}")
    options = parser.parse_args()
    folder = Path("outputs", "sweeps", options.name)
    if folder.exists():
        parser.error(f"name: {str(folder)!r} exists; allowed: the name of a new sweep")
    if options.jobs < SEEDS or options.jobs % SEEDS:
        parser.error(f"--jobs: {options.jobs} is not allowed; allowed: a multiple of {SEEDS}")
    memory = run_sweep(options.name, options.jobs)
    rows = [*times_told(read_times(folder)), *memory_told(memory)]
    rows += [*page_told(folder), *status_told(folder)]
    sys.stdout.write(f"{markdown_table(('what', 'measured'), rows, (False, True))}\n")


def run_sweep(name: str, jobs: int) -> list[int]:
    """Run the sweep, and return the bytes that its process held, from start to end.

    Args:
        name: name of the sweep.
        jobs: number of jobs, with ten seeds for each learning rate.
    """
    rates = ",".join(f"{0.001 * 1.001**number:.6g}" for number in range(jobs // SEEDS))
    varied = (f"optimizer.lr={rates}", varied_seed(SEEDS), f"sweep.name={name}")
    command = [sys.executable, TRAIN, "-m", *SMALL, *varied, f"hydra.launcher.slots={SLOTS}"]
    memory = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603  our script
        while process.poll() is None:
            memory.append(held_by(process.pid))
            time.sleep(EVERY)
    if process.returncode:
        sys.exit(process.returncode)  # the sweep has told why
    return [size for size in memory if size]


def held_by(process: int) -> int:
    """Return the bytes of memory that a process of this Linux machine holds; 0 once it ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def read_times(folder: Path) -> list[Times]:
    """Return the times of a sweep's jobs, in the order in which they ended."""
    times = map(times_of, SweepFolder(folder).of_jobs().values())
    return sorted(times, key=lambda one: one.ended)


def times_told(times: Sequence[Times]) -> list[tuple[str, str]]:
    """Say how long a job took, of all and of the first and the last tenth."""
    tenth = len(times) // 10
    parts = {"all jobs": times, "first tenth": times[:tenth], "last tenth": times[-tenth:]}
    trained = statistics.mean(one.trained for one in times)
    return [
        ("jobs, slots", f"{len(times)}, {SLOTS}"),
        ("training and validation of a job", f"{trained:.3f} s"),
        *((f"a job and slot, {name}", f"{_each(part):.3f} s") for name, part in parts.items()),
    ]


def _each(times: Sequence[Times]) -> float:
    """Return the seconds that a job takes of a slot, with all slots busy."""
    return span(times) * SLOTS / len(times)


def memory_told(memory: Sequence[int]) -> list[tuple[str, str]]:
    """Say how much memory the sweep's process held while jobs ran, and with the last tables."""
    count = len(memory)
    moments = {"a tenth": count // 10, "nine tenths": count * 9 // 10, "the tables": -1}
    return [
        (f"memory of the sweep after {moment}", f"{memory[place] / 2**20:.0f} MiB")
        for moment, place in moments.items()
    ]


def page_told(folder: Path) -> list[tuple[str, str]]:
    """Say how large the page of the sweep is, and how long it takes to write all tables."""
    report = str(Path(TRAIN).with_name("report.py"))
    took = seconds(lambda: run_python([report, str(folder), "--html"]))
    size = (folder / "leaderboard.html").stat().st_size
    return [("its page", f"{size / 1e6:.1f} MB"), ("writing it anew", f"{took:.1f} s")]


def status_told(folder: Path) -> list[tuple[str, str]]:
    """Say how long the status of the same jobs takes, had each run in an allocation of its own."""
    jobs = SweepFolder(folder).of_jobs()
    cluster = ClusterFolder(folder)
    plan = ClusterPlan(
        entry="none:none",
        launcher=SlurmLauncher(),
        metric="val/accuracy",
        mode="max",
        max_attempts=3,
        timeout=None,
        fail_fast=False,
        shared=(),
        jobs=tuple(Job(n, (f"seed={n}",), name, name, 1, 1, 1) for n, name in enumerate(jobs)),
        folders=tuple(path.resolve() for path in jobs.values()),
    )
    cluster.write(plan)
    for number, job in enumerate(plan.jobs):
        cluster.note_allocation(f"1_{number}", [job.run_id])
    took = seconds(lambda: sweep_status(cluster, set()))
    shutil.rmtree(cluster.path)
    return [("the status of its jobs on a cluster", f"{took:.2f} s")]


if __name__ == "__main__":
    main()
