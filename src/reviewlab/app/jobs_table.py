"""The table that `sweep.dry_run=true` shows: every job, its size, and about how long it takes."""

from collections.abc import Sequence

from reviewlab.app.job_seconds import job_seconds
from reviewlab.app.plan import Planner
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import duration

FIRST, LAST = 20, 5
"""Of many jobs, how many are shown from each end."""

WIDTH = 80
NARROWEST = 4
"""Of a column whose values are cut short."""


def jobs_table(planner: Planner, jobs: Sequence[Job], slots: int) -> str:
    """A line a job: what varies, parameters, steps and time; at last all of it for the slots."""
    seconds = job_seconds(planner, jobs)
    keys = _short(planner.varied)
    lines = [["job", *keys, "parameters", "steps", "about"]]
    shown = [*range(len(jobs))]
    if len(jobs) > FIRST + LAST + 1:
        shown = [*shown[:FIRST], *shown[-LAST:]]
    for index in shown:
        job = jobs[index]
        size = [f"{job.parameters:,}", f"{job.steps:,}", duration(seconds[index])]
        lines.append([str(job.number), *_values(job, planner.varied), *size])
    text = _aligned(lines, len(keys))
    if len(shown) < len(jobs):
        text.insert(1 + FIRST, f"... {len(jobs) - len(shown)} more ...")
    return "\n".join([planner.title, "", *text, "", _total(jobs, seconds, slots)])


def _values(job: Job, keys: Sequence[str]) -> list[str]:
    said = (override.lstrip("+~").partition("=") for override in job.overrides)
    values = {key: value for key, _, value in said}
    return [values.get(key, "") for key in keys]


def _aligned(lines: Sequence[Sequence[str]], keys: int) -> list[str]:
    """One text a line: names of values to the left, numbers to the right, the longest cut."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    cut = max(widths)
    while cut > NARROWEST and sum(_widths(widths, keys, cut)) + 2 * (len(widths) - 1) > WIDTH:
        cut -= 1
    widths = _widths(widths, keys, cut)
    return ["  ".join(_cells(line, widths, keys)).rstrip() for line in lines]


def _widths(widths: Sequence[int], keys: int, cut: int) -> list[int]:
    return [min(width, cut) if 0 < column <= keys else width for column, width in enumerate(widths)]


def _cells(line: Sequence[str], widths: Sequence[int], keys: int) -> list[str]:
    cells = []
    for column, (cell, width) in enumerate(zip(line, widths, strict=True)):
        kept = cell if len(cell) <= width else f"{cell[: width - 1]}…"
        cells.append(kept.ljust(width) if 0 < column <= keys else kept.rjust(width))
    return cells


def _total(jobs: Sequence[Job], seconds: Sequence[float], slots: int) -> str:
    about = max(sum(seconds) / slots, max(seconds, default=0))
    counted = ((len(jobs), "job"), (sum(job.steps for job in jobs), "step"), (slots, "slot"))
    many, steps, places = (f"{n:,} {word}{'s' * (n != 1)}" for n, word in counted)
    return (
        f"{many}, {steps}, about {duration(about)} in {places}\n"
        "(training alone, timed on a few batches); nothing was started"
    )


def _short(keys: Sequence[str]) -> list[str]:
    """The last part of each key, or all of it where that is not enough to tell them apart."""
    last = [key.rpartition(".")[2] for key in keys]
    return [short if last.count(short) == 1 else key for short, key in zip(last, keys, strict=True)]
