"""Disturb runs and sweeps in every way there is, and count what goes wrong.

python -m tests.chaos --record                           # all parts, about two hours
python -m tests.chaos --short                            # a few cases of the first three
python -m tests.chaos calls --subjects run --errors EIO short --calls 40-60
python -m tests.chaos kills --subjects race --seeds 17
python -m tests.chaos hostile --seeds 0-999

`calls` lets each writing call fail, `kills` kills and signals processes at random moments, `names`
starts eight commands at once on one name, and `hostile` reads damaged checkpoints and folders. The
number at the beginning of a case repeats it. With `--record`, the counts are added to
docs/reliability.json, and docs/reliability.md is written from there.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.chaos import calls, hostile, kills, names, reliability
from tests.chaos.failing import build, preload
from tests.chaos.programs import PROGRAMS
from tests.chaos.verdicts import Verdict, describe, format_table
from tests.forked import python

SUBJECTS = {
    "calls": ("run", "sweep"),
    "kills": ("run", "grid", "race", "folds", "search"),
    "names": ("grid",),
    "hostile": (),
}
"""The parts, and the programs that each disturbs unless others are named."""

JUDGES = {"kills": kills.judge_kills, "names": names.judge_names}

SEEDS = {"kills": 30, "names": 25, "hostile": 1000}
"""How many seeds a part takes for each subject, the next ones after those that are recorded."""

SHORT_SUBJECTS = {"calls": ("run",), "kills": ("sweep",), "names": ("sweep",)}
SHORT_SEEDS = {"kills": 1, "names": 1}
SHORT_FILES = ("checksums.json", "provenance.json", "events.out", "last.ckpt", "status.json")
"""The short form: the last call on each of some files fails, and the first seed is taken."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the chosen parts, and return 1 if anything went wrong."""
    options = _parser().parse_args(argv)
    if options.short:
        options.errors, options.files = ["ENOSPC"], SHORT_FILES
    found: dict[tuple[str, str], list[Verdict]] = {}
    with _interpreter() as interpreter:
        for part in options.parts or (SHORT_SUBJECTS if options.short else SUBJECTS):
            for subject, verdicts in _judge(interpreter, part, options):
                found[part, subject] = verdicts
                if options.record:
                    reliability.record(part, subject, verdicts)
    sys.stdout.write(f"{format_table(found)}\n")
    return int(any(verdict.problems for some in found.values() for verdict in some))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], prog="tests.chaos")
    parser.add_argument("parts", nargs="*", type=_part, help=f"of {', '.join(SUBJECTS)}")
    parser.add_argument("--subjects", nargs="+", choices=[*PROGRAMS], help="the programs")
    parser.add_argument("--seeds", type=_numbers, help="such as 7, 0-99 or 3,5; default: new ones")
    parser.add_argument("--errors", nargs="+", default=calls.ERRORS, metavar="NAME")
    parser.add_argument("--calls", type=_numbers, default=[], help="such as 40-60; default: all")
    parser.add_argument("--files", nargs="+", default=(), help="only the last call on each")
    parser.add_argument("--short", action="store_true", help="only a few cases of each part")
    parser.add_argument("--record", action="store_true", help="add the counts to the docs")
    return parser


def _judge(
    interpreter: str, part: str, options: argparse.Namespace
) -> Iterator[tuple[str, list[Verdict]]]:
    usual = SHORT_SUBJECTS if options.short else SUBJECTS
    for name in options.subjects or usual[part]:
        program, tell, seeds = PROGRAMS[name], _teller(part, name), _seeds(part, name, options)
        if part in JUDGES:
            yield name, JUDGES[part](interpreter, program, seeds, tell)
        else:
            for error in options.errors:
                disturbed = calls.judge_calls(
                    interpreter, program, error, tell, options.calls, options.files
                )
                yield f"{name}, {error}", disturbed
    if part == "hostile":
        yield from hostile.judge_all(_seeds(part, "", options)).items()


def _seeds(part: str, subject: str, options: argparse.Namespace) -> Sequence[int]:
    if options.seeds is not None:
        return options.seeds
    if options.short:
        return range(SHORT_SEEDS.get(part, 0))
    first = reliability.next_seed(part, subject)
    return range(first, first + SEEDS.get(part, 0))


def _teller(part: str, subject: str) -> Callable[[Verdict], object]:
    def tell(verdict: Verdict) -> None:
        for line in describe(part, subject, verdict):
            sys.stderr.write(f"{line}\n")

    return tell


@contextmanager
def _interpreter() -> Iterator[str]:
    """Start a zygote with the failing library, which does nothing unless a program asks it to."""
    with tempfile.TemporaryDirectory() as folder, preload(build(Path(folder))):
        yield python()


def _part(text: str) -> str:
    if text not in SUBJECTS:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: {', '.join(SUBJECTS)}")
    return text


def _numbers(text: str) -> Sequence[int]:
    first, dash, last = text.partition("-")
    return range(int(first), int(last) + 1) if dash else [*map(int, text.split(","))]


if __name__ == "__main__":
    sys.exit(main())
