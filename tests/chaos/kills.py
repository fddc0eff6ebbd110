"""Kill and signal the processes of a program at random moments, continue it, and judge the end."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from tests.chaos import verdicts
from tests.chaos.programs import (
    AT_A_TIME,
    PATIENCE,
    Contents,
    Ended,
    Program,
    begin,
    end,
    runs,
    start,
    state,
)
from tests.chaos.verdicts import Verdict

STRIKES = 20
"""Kills and signals in each case; fewer if the program is complete before."""

PART = 0.4
"""The longest time between two of them, as a part of the time that the whole program takes."""

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
CODES = (0, 1, 2, *(128 + number for number in SIGNALS))
KILLED = (-signal.SIGKILL, *(-number for number in SIGNALS))
"""Exit codes of a program that was struck itself; by a signal only before it handles them."""


class Strike(NamedTuple):
    """A kill or a signal.

    Attributes:
        after: the time before it, as a part of the time that the whole program takes.
        number: the signal.
        everything: True if all processes get it, False for one.
        which: the place of that one among all, from 0 to 1.
    """

    after: float
    number: signal.Signals
    everything: bool
    which: float


class Expected(NamedTuple):
    """What an undisturbed program writes, and the seconds that it takes."""

    contents: Contents
    seconds: float


def judge_kills(
    interpreter: str,
    program: Program,
    seeds: Sequence[int],
    tell: Callable[[Verdict], object],
) -> list[Verdict]:
    """Strike a program up to twenty times for each seed, and judge what it has written.

    Args:
        interpreter: the program that stands for Python.
        program: the program.
        seeds: numbers that decide the moments, the processes and the signals.
        tell: called with each case at once, since the campaign may be stopped.
    """
    expected = undisturbed(interpreter, program)

    def judge(seed: int) -> Verdict:
        verdict = disturbed(interpreter, program, seed, expected)
        tell(verdict)
        return verdict

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [*pool.map(judge, seeds)]


def strikes(verdicts: Sequence[Verdict]) -> int:
    """Return the number of kills and signals in some cases."""
    return sum(int(verdict.case.split()[1]) for verdict in verdicts)


def undisturbed(interpreter: str, program: Program) -> Expected:
    """Run a program to its end."""
    with tempfile.TemporaryDirectory() as folder:
        cwd, began = Path(folder), time.monotonic()
        ended = start(interpreter, cwd, program.arguments, {})
        assert ended.code == 0, ended
        return Expected(program.contents(cwd), time.monotonic() - began)


def disturbed(interpreter: str, program: Program, seed: int, expected: Expected) -> Verdict:
    """Strike a program at random moments, let it end, and judge what it has written."""
    with tempfile.TemporaryDirectory() as folder:
        victim = Victim(interpreter, program, Path(folder), expected.seconds)
        problems: list[tuple[str, str]] = []
        for strike in plan(seed):
            problems += victim.take(strike)
            if problems or victim.complete:
                break
        if not problems:
            problems += [*victim.finish(), *verdicts.left(Path(folder))]
            problems += verdicts.differences(expected.contents, program.contents(Path(folder)))
        victim.remove()
        return Verdict(f"{seed}: {len(victim.done)} strikes: {' '.join(victim.done)}", problems)


def plan(seed: int) -> list[Strike]:
    """Return the strikes of a case."""
    drawn = random.Random(seed)
    numbers = (signal.SIGKILL, signal.SIGKILL, *SIGNALS[:2], *SIGNALS)
    return [
        Strike(drawn.uniform(0, PART), drawn.choice(numbers), drawn.random() < 0.5, drawn.random())
        for _ in range(STRIKES)
    ]


class Victim:
    """A program that is struck and started again.

    Args:
        interpreter: the program that stands for Python.
        program: the program.
        cwd: its working folder; every process in it is one of the program.
        seconds: the time that the whole program takes.

    Attributes:
        complete: True if the program has nothing left to do.
        done: the kills and signals so far, in words.
    """

    def __init__(self, interpreter: str, program: Program, cwd: Path, seconds: float) -> None:
        self._python, self._program, self._cwd = interpreter, program, cwd
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self.complete = False
        self.done: list[str] = []

    def take(self, strike: Strike) -> Iterator[tuple[str, str]]:
        """Start the program if it does not run, strike it, and judge it if it has ended."""
        if self._process is None and not self._start():
            return
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(strike.after * self._seconds)
        if self._process.poll() is None:
            self._strike(strike)
        yield from self._judge_if_ended()

    def finish(self) -> Iterator[tuple[str, str]]:
        """Let the program run to its end, again if something else has stopped it."""
        limit = time.monotonic() + PATIENCE
        while not self.complete:
            if self._process is None and not self._start():
                break
            assert self._process is not None
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(limit - time.monotonic(), 1))
            if time.monotonic() > limit:
                yield "hung", f"not complete after {PATIENCE:g} s"
                return
            yield from self._judge_if_ended()

    def remove(self) -> None:
        """Kill what is left of the program."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process is not None:
            end(self._process)

    def _start(self) -> bool:
        for folder in runs(self._cwd):  # a run begins with its status
            if not state(folder):
                shutil.rmtree(folder)
        arguments = self._program.continued(self._cwd)
        if arguments is None:
            self.complete = True
            return False
        self._process = begin(self._python, self._cwd, arguments, {})
        return True

    def _strike(self, strike: Strike) -> None:
        found = self._processes()
        everything = strike.everything or not self._program.repeats
        for process in found if everything else found[int(strike.which * len(found)) :][:1]:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(strike.number)
        self.done.append(f"{strike.number.name}{'*' if everything else ''}")
        if everything and self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)

    def _processes(self) -> list[psutil.Process]:
        """Return the program's processes, without those that only ask the zygote for one."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                inside = Path(process.cwd()).is_relative_to(self._cwd)
                if inside and "-IS" not in process.cmdline() and process.pid != os.getpid():
                    found.append(process)
        return sorted(found, key=lambda process: process.pid)

    def _judge_if_ended(self) -> Iterator[tuple[str, str]]:
        if self._process is None or self._process.poll() is None:
            return
        ended, self._process = end(self._process), None
        self.complete = ended.code == 0
        yield from _problems(ended, bool(self.done))


def _problems(ended: Ended, struck: bool) -> Iterator[tuple[str, str]]:
    if ended.code not in (CODES + KILLED if struck else CODES):
        yield "unclear", f"exit code {ended.code}: {verdicts.last_line(ended)}"
    if "Traceback" in ended.out + ended.err:
        yield "unclear", f"traceback: {ended.err}"
