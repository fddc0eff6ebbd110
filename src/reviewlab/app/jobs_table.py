"""The table that `sweep.dry_run=true` shows: every job, its size, and about how long it takes."""

from collections.abc import Sequence

from reviewlab.app.job_seconds import job_seconds
from reviewlab.app.plan import Planner
from reviewlab.console.table import aligned, column_widths, table_width
from reviewlab.console.text import count_of, shorten, without_rounding_error
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
    text = _table(lines, len(keys))
    if len(shown) < len(jobs):
        text.insert(1 + FIRST, f"... {len(jobs) - len(shown)} more ...")
    return "\n".join([planner.title, "", *text, "", _total(jobs, seconds, slots)])


def _values(job: Job, keys: Sequence[str]) -> list[str]:
    pairs = (override.lstrip("+~").partition("=") for override in job.overrides)
    values = {key: without_rounding_error(value) for key, _, value in pairs}
    return [values.get(key, "") for key in keys]


def _table(rows: Sequence[Sequence[str]], keys: int) -> list[str]:
    """Align names of values to the left, numbers to the right; the longest values are cut."""
    widths = column_widths(rows)
    cut = max(widths)
    while cut > NARROWEST and table_width(_cut_widths(widths, keys, cut)) > WIDTH:
        cut -= 1
    widths = _cut_widths(widths, keys, cut)
    cells = [[shorten(*pair) for pair in zip(row, widths, strict=True)] for row in rows]
    return aligned(cells, right=[not 0 < column <= keys for column in range(len(widths))])


def _cut_widths(widths: Sequence[int], keys: int, cut: int) -> list[int]:
    return [min(width, cut) if 0 < column <= keys else width for column, width in enumerate(widths)]


def _total(jobs: Sequence[Job], seconds: Sequence[float], slots: int) -> str:
    about = max(sum(seconds) / slots, max(seconds, default=0))
    steps = count_of(sum(job.steps for job in jobs), "step")
    return (
        f"{count_of(len(jobs), 'job')}, {steps}, about {duration(about)}"
        f" in {count_of(slots, 'slot')}\n"
        "(training alone, timed on a few batches); nothing was started"
    )


def _short(keys: Sequence[str]) -> list[str]:
    """The last part of each key, or all of it where that is not enough to tell them apart."""
    last = [key.rpartition(".")[2] for key in keys]
    return [short if last.count(short) == 1 else key for short, key in zip(last, keys, strict=True)]
