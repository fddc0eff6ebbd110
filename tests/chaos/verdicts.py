"""What went wrong in one case, and the table that counts it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.chaos.programs import Contents, Ended, jobs, runs, state

from reviewlab.console.table import aligned

KINDS = ("lost", "doubled", "changed", "hung", "code run", "left", "unclear")
"""Columns of the table.

`lost` counts results that are missing in the end, `doubled` runs that exist twice, `changed`
results that differ from those of an undisturbed program, `hung` programs that did not end, `code
run` foreign code that ran, `left` temporary files, and `unclear` endings: a traceback or more
than one line on the screen, an exit code that says nothing, or a run that looks as if it were
running.
"""


class Verdict(NamedTuple):
    """One case.

    Attributes:
        case: what was done; it begins with the number that repeats it, and is empty if nothing
            could be done.
        problems: pairs of one of `KINDS` and what was seen.
    """

    case: str
    problems: list[tuple[str, str]]


Verdicts = Mapping[tuple[str, str], Sequence[Verdict]]
"""The cases of each part of the campaign and each of its subjects, such as ("kills", "race")."""


def count(verdicts: Sequence[Verdict]) -> list[int]:
    """Return the number of cases with a problem of each kind."""
    return [sum(any(k == kind for k, _ in v.problems) for v in verdicts) for kind in KINDS]


def format_table(verdicts: Verdicts) -> str:
    """Format the counts of each part and subject, and below them each problem that was seen."""
    rows = [["part", "subject", "cases", *KINDS]]
    for (part, subject), some in verdicts.items():
        rows.append([part, subject, str(len(some)), *map(str, count(some))])
    lines = aligned(rows, [False, False, *[True] * (len(KINDS) + 1)])
    for (part, subject), some in verdicts.items():
        for verdict in some:
            lines += describe(part, subject, verdict)
    return "\n".join(lines)


def describe(part: str, subject: str, verdict: Verdict) -> list[str]:
    """Return a line for each problem of a case."""
    return [f"{part} {subject} {verdict.case}: {kind}: {text}" for kind, text in verdict.problems]


def endings(ended: Ended, usual: set[str], codes: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Return what is wrong with the end of a program.

    Args:
        ended: the program.
        usual: lines that an undisturbed program prints, as `lines` returns them.
        codes: exit codes that say what has happened.
    """
    if ended.code is None:
        yield "hung", last_line(ended)
        return
    if ended.code not in codes:
        yield "unclear", f"exit code {ended.code}: {last_line(ended)}"
    more = [line for line in lines(ended) - usual if not _of_a_job(line)]
    if "Traceback" in ended.out + ended.err:
        yield "unclear", f"traceback: {last_line(ended)}"
    elif len(more) > 1:
        yield "unclear", f"{len(more)} lines: {sorted(more)}"
    elif ended.code and not lines(ended) - usual:
        yield "unclear", f"exit code {ended.code} and no message"


def lines(ended: Ended) -> set[str]:
    """Return the lines on stderr, with `#` for each number."""
    return {*lines_of(ended.err)}


def lines_of(text: str) -> list[str]:
    """Return the lines of an output that are not empty, with `#` for each number."""
    return [re.sub(r"\d[\d.,]*", "#", line) for line in text.split("\n") if line.strip()]


def last_line(ended: Ended) -> str:
    """Return the last line on stderr that is not empty."""
    return next(reversed([line for line in ended.err.splitlines() if line.strip()]), "")


def left(cwd: Path) -> Iterator[tuple[str, str]]:
    """Return the temporary files below a working folder."""
    files = [str(path.relative_to(cwd)) for path in cwd.rglob("*.tmp")]
    if files:
        yield "left", " ".join(files)


def running(cwd: Path) -> Iterator[tuple[str, str]]:
    """Return the runs whose status says that they run; all programs must have ended."""
    for folder in [*runs(cwd), *jobs(cwd)]:
        if state(folder) == "running":
            yield "unclear", f"{folder.name} runs on"


def differences(expected: Contents, contents: Contents) -> Iterator[tuple[str, str]]:
    """Return in what a working folder differs from that of an undisturbed program."""
    for name, value in expected.items():
        if not contents.get(name):
            yield "lost", name
        elif contents[name] != value:
            yield "changed", name
    for name in contents.keys() - expected.keys():
        yield "doubled", name


def _of_a_job(line: str) -> bool:
    """Return True for the two lines with which a sweep tells how a job has ended, and why."""
    return line.startswith(("job #", "  "))
