"""Let every writing call of a training and of a sweep fail once, and count what goes wrong.

python -m tests.chaos.campaign
python -m tests.chaos.campaign --programs run --errors EIO short --calls 40-60
python -m tests.chaos.campaign --errors ENOSPC --files last.ckpt leaderboard.csv

After each failure the program is continued without one. In the table, `lost` counts results that
are missing then, `doubled` runs that exist twice, `changed` results that differ from those of an
undisturbed program, `hung` programs that did not end, `left` temporary files, and `unclear`
endings: a traceback or more than one line on the screen, another exit code than 0, 1 and 2, or a
run that looks as if it were running.
"""

import argparse
import errno
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.chaos.failing import SHORT, Counter, Fault, build, preload
from tests.chaos.programs import PROGRAMS, Contents, Ended, Program, jobs, runs, start, state
from tests.forked import python

from reviewlab.console.table import aligned

KINDS = ("lost", "doubled", "changed", "hung", "left", "unclear")
ERRORS = ("ENOSPC", "EIO", SHORT)
AT_A_TIME = 2
SPARE = 10
"""Calls that a program may make beyond those of the undisturbed one, which vary with its timing."""


class Expected(NamedTuple):
    """What an undisturbed program prints and writes, and the calls that it makes."""

    lines: set[str]
    contents: Contents
    calls: list[str]

    def numbers(self, files: Sequence[str]) -> list[int]:
        """Return the number of the last call on each file whose path contains one of the words."""
        last = {word: call.split()[0] for call in self.calls for word in files if word in call}
        return [int(last[word]) for word in files]


class Verdict(NamedTuple):
    """One failure of a program.

    Attributes:
        call: the call that failed; empty if the program made fewer calls.
        problems: pairs of one of `KINDS` and what was seen.
    """

    call: str
    problems: list[tuple[str, str]]


class Campaign:
    """Runs programs whose calls fail, each in a new folder.

    Args:
        interpreter: the program that stands for Python, with the failing library loaded.
    """

    def __init__(self, interpreter: str) -> None:
        self._python = interpreter

    def undisturbed(self, program: Program) -> Expected:
        """Run a program without a failure."""
        with tempfile.TemporaryDirectory() as folder:
            cwd, counter = _prepare(Path(folder), Fault())
            ended = start(self._python, cwd, program.arguments, counter.environment)
            assert ended.code == 0, ended
            return Expected(_lines(ended), program.contents(cwd), counter.failed)

    def disturbed(self, program: Program, fault: Fault, expected: Expected) -> Verdict:
        """Run a program in which calls fail, continue it, and judge both.

        Args:
            program: the program.
            fault: the calls that fail.
            expected: the same program without a failure.
        """
        with tempfile.TemporaryDirectory() as folder:
            cwd, counter = _prepare(Path(folder), fault)
            ended = start(self._python, cwd, program.arguments, counter.environment)
            problems = [*_endings(ended, expected), *_left(cwd)]
            problems += [("unclear", f"{f.name} runs on") for f in _running(cwd)]
            if ended.code != 0:
                problems += self._continue(program, cwd)
            problems += _differences(expected.contents, program.contents(cwd))
            return Verdict("; ".join(counter.failed).replace(str(cwd), ""), problems)

    def _continue(self, program: Program, cwd: Path) -> Iterator[tuple[str, str]]:
        arguments = program.continued(cwd)
        if arguments is None:
            return
        again = start(self._python, cwd, arguments, {})
        if again.code != 0:
            yield "lost", f"continued: exit code {again.code}: {_last(again)}"
        yield from _left(cwd)


def judge_all(
    campaign: Campaign,
    program: Program,
    error: int | str,
    calls: Sequence[int] = (),
    files: Sequence[str] = (),
) -> list[Verdict]:
    """Let each of some calls fail; those that the program does not make are left out.

    Args:
        campaign: the campaign.
        program: the program.
        error: the number of the error, or `SHORT`.
        calls: the numbers of the calls; empty for all.
        files: parts of paths; the last call on each of them fails instead of `calls`.
    """
    expected = campaign.undisturbed(program)
    every = range(1, len(expected.calls) + SPARE + 1)
    numbers = expected.numbers(files) if files else calls or every

    def judge(number: int) -> Verdict:
        verdict = campaign.disturbed(program, Fault(number, number, error), expected)
        for kind, text in verdict.problems:  # at once, in case the campaign is stopped
            sys.stderr.write(f"{program.name} {verdict.call}: {kind}: {text}\n")
        return verdict

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [verdict for verdict in pool.map(judge, numbers) if verdict.call]


def format_table(verdicts: dict[tuple[str, str], list[Verdict]]) -> str:
    """Format the counts of each program and error, and below them each problem that was seen."""
    rows = [["program", "error", "calls", *KINDS]]
    for (program, error), some in verdicts.items():
        counts = [sum(any(k == kind for k, _ in v.problems) for v in some) for kind in KINDS]
        rows.append([program, error, str(len(some)), *map(str, counts)])
    lines = aligned(rows, [False, False, *[True] * (len(KINDS) + 1)])
    for (program, error), some in verdicts.items():
        for verdict in some:
            lines += [f"{program} {error} {verdict.call}: {k}: {t}" for k, t in verdict.problems]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the campaign, and return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--programs", nargs="+", choices=[*PROGRAMS], default=[*PROGRAMS])
    parser.add_argument("--errors", nargs="+", default=ERRORS, metavar="NAME")
    parser.add_argument("--calls", help="the first and last call that fail, such as 40-60, or a,b")
    parser.add_argument("--files", nargs="+", default=(), help="only the last call on each")
    options = parser.parse_args(argv)
    verdicts = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with preload(build(folder)):
            campaign = Campaign(python())
        for name in options.programs:
            for error in options.errors:
                number = error if error == SHORT else getattr(errno, error)
                calls = _numbers(options.calls)
                verdicts[name, error] = judge_all(
                    campaign, PROGRAMS[name], number, calls, options.files
                )
    sys.stdout.write(f"{format_table(verdicts)}\n")
    return int(any(verdict.problems for some in verdicts.values() for verdict in some))


def _prepare(folder: Path, fault: Fault) -> tuple[Path, Counter]:
    cwd = folder / "work"
    cwd.mkdir()
    return cwd, Counter(folder / "counter", cwd, fault)


def _numbers(text: str | None) -> list[int]:
    if text is None:
        return []
    first, dash, last = text.partition("-")
    return [*range(int(first), int(last) + 1)] if dash else [*map(int, text.split(","))]


def _endings(ended: Ended, expected: Expected) -> Iterator[tuple[str, str]]:
    if ended.code is None:
        yield "hung", _last(ended)
        return
    if ended.code not in (0, 1, 2):
        yield "unclear", f"exit code {ended.code}: {_last(ended)}"
    more = _lines(ended) - expected.lines
    if "Traceback" in ended.out + ended.err:
        yield "unclear", f"traceback: {_last(ended)}"
    elif len(lines := [line for line in more if not _of_a_job(line)]) > 1:
        yield "unclear", f"{len(lines)} lines: {sorted(lines)}"
    elif ended.code and not more:
        yield "unclear", f"exit code {ended.code} and no message"


def _of_a_job(line: str) -> bool:
    """Return True for the two lines with which a sweep tells how a job has ended, and why."""
    return line.startswith(("job #", "  "))


def _lines(ended: Ended) -> set[str]:
    """Return the lines on stderr, with `#` for each number."""
    return {re.sub(r"\d[\d.,]*", "#", line) for line in ended.err.splitlines() if line.strip()}


def _last(ended: Ended) -> str:
    return next(reversed([line for line in ended.err.splitlines() if line.strip()]), "")


def _left(cwd: Path) -> Iterator[tuple[str, str]]:
    left = [str(path.relative_to(cwd)) for path in cwd.rglob("*.tmp")]
    if left:
        yield "left", " ".join(left)


def _running(cwd: Path) -> list[Path]:
    return [folder for folder in [*runs(cwd), *jobs(cwd)] if state(folder) == "running"]


def _differences(expected: Contents, contents: Contents) -> Iterator[tuple[str, str]]:
    for name, value in expected.items():
        if not contents.get(name):
            yield "lost", name
        elif contents[name] != value:
            yield "changed", name
    for name in contents.keys() - expected.keys():
        yield "doubled", name


if __name__ == "__main__":
    sys.exit(main())
