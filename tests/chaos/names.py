"""Start eight commands at once on one name, and judge how they end and what they write."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.chaos import verdicts
from tests.chaos.kills import Expected, undisturbed
from tests.chaos.programs import Ended, Program, begin, end
from tests.chaos.verdicts import Verdict

COMMANDS = 8


def judge_names(
    interpreter: str,
    program: Program,
    seeds: Sequence[int],
    tell: Callable[[Verdict], object],
) -> list[Verdict]:
    """Start the commands once for each seed.

    Args:
        interpreter: the program that stands for Python.
        program: the program, whose command line names a folder.
        seeds: numbers that decide the moments at which the commands start.
        tell: called with each case at once, since the campaign may be stopped.
    """
    expected, found = undisturbed(interpreter, program), []
    for seed in seeds:
        verdict = judge_name(interpreter, program, seed, expected)
        tell(verdict)
        found.append(verdict)
    return found


def judge_name(interpreter: str, program: Program, seed: int, expected: Expected) -> Verdict:
    """Start the commands, all within the time that one takes, and judge them."""
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        processes = []
        for _ in range(COMMANDS):
            processes.append(begin(interpreter, Path(folder), program.arguments, {}))
            time.sleep(moments.uniform(0, moments.choice([0.02, 2 * expected.seconds / COMMANDS])))
        ended = [end(process) for process in processes]
        problems = [found for one in ended for found in _problems(one)]
        if not any(one.code == 0 for one in ended):
            problems.append(("lost", "none of the commands has succeeded"))
        problems += [*verdicts.left(Path(folder)), *verdicts.running(Path(folder))]
        problems += verdicts.differences(expected.contents, program.contents(Path(folder)))
        codes = " ".join(str(one.code) for one in ended)
        return Verdict(f"{seed}: exit codes {codes}", problems)


def _problems(ended: Ended) -> Iterator[tuple[str, str]]:
    if ended.code != 0:
        yield from verdicts.endings(ended, set(), (2,))
