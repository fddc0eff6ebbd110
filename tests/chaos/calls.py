"""Let every writing call of a program fail once, continue the program, and count what is wrong."""

import errno
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.chaos import verdicts
from tests.chaos.failing import SHORT, Counter, Fault
from tests.chaos.programs import AT_A_TIME, Contents, Program, start
from tests.chaos.verdicts import Verdict

ERRORS = ("ENOSPC", "EIO", SHORT)
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


class Failing:
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
            return Expected(verdicts.lines(ended), program.contents(cwd), counter.failed)

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
            problems = [*verdicts.endings(ended, expected.lines, (0, 1, 2)), *verdicts.left(cwd)]
            problems += verdicts.running(cwd)
            if ended.code != 0:
                problems += self._continue(program, cwd)
            problems += verdicts.differences(expected.contents, program.contents(cwd))
            return Verdict("; ".join(counter.failed).replace(str(cwd), ""), problems)

    def _continue(self, program: Program, cwd: Path) -> Iterator[tuple[str, str]]:
        arguments = program.continued(cwd)
        if arguments is None:
            return
        again = start(self._python, cwd, arguments, {})
        if again.code != 0:
            yield "lost", f"continued: exit code {again.code}: {verdicts.last_line(again)}"
        yield from verdicts.left(cwd)


def judge_calls(
    interpreter: str,
    program: Program,
    error: str,
    tell: Callable[[Verdict], object],
    calls: Sequence[int] = (),
    files: Sequence[str] = (),
) -> list[Verdict]:
    """Let each of some calls fail; those that the program does not make are left out.

    Args:
        interpreter: the program that stands for Python, with the failing library loaded.
        program: the program.
        error: one of `ERRORS`, or the name of another error number.
        tell: called with each case at once, since the campaign may be stopped.
        calls: the numbers of the calls; empty for all.
        files: parts of paths; the last call on each of them fails instead of `calls`.
    """
    failing = Failing(interpreter)
    expected = failing.undisturbed(program)
    every = range(1, len(expected.calls) + SPARE + 1)
    number = error if error == SHORT else getattr(errno, error)

    def judge(call: int) -> Verdict:
        verdict = failing.disturbed(program, Fault(call, call, number), expected)
        tell(verdict)
        return verdict

    numbers = expected.numbers(files) if files else calls or every
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [verdict for verdict in pool.map(judge, numbers) if verdict.case]


def _prepare(folder: Path, fault: Fault) -> tuple[Path, Counter]:
    cwd = folder / "work"
    cwd.mkdir()
    return cwd, Counter(folder / "counter", cwd, fault)
