"""Judge how a command on a hostile artefact has ended, beside its ending on the valid one."""

import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.chaos.verdicts import lines_of

from reviewlab.exceptions import LONGEST_LINE

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
Files = dict[str, str]

MORE_MEMORY = 2**20
"""KiB of memory that a command may take beyond those it takes on the valid artefact."""


class Ended(NamedTuple):
    """A command that has ended.

    Attributes:
        code: its exit code; None if it had to be killed.
        out: its standard output.
        err: its standard error.
        peak: the memory that it used, in KiB.
    """

    code: int | None
    out: str
    err: str
    peak: int


class Expected(NamedTuple):
    """What a command does on the valid artefact."""

    lines: set[str]
    out: str
    peak: int

    @classmethod
    def of(cls, ended: Ended) -> "Expected":
        """Return what is expected, given how the command has ended on the valid artefact."""
        assert ended.code in (0, 2), ended
        return cls({*lines_of(ended.err), *lines_of(ended.out)}, _results(ended.out), ended.peak)


def problems_of(
    ended: Ended, expected: Expected, damaged: bool, changes: int
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an ending, as pairs of a kind and what was seen.

    Args:
        ended: the command on the hostile artefact.
        expected: the command on the valid one.
        damaged: True if only bytes were damaged that the file's format protects, so that no other
            result may come out.
        changes: number of mutations; each may be told in one line.
    """
    if ended.code is None:
        yield "hung", last_line(ended)
        return
    more = [line for line in lines_of(ended.err) if line not in expected.lines]
    more = [line for line in more if not line.startswith(("job #", "  "))]  # of a sweep
    yield from _unclear(ended, more, changes)
    for line in [*more, *(line for line in lines_of(ended.out) if line not in expected.lines)]:
        if CONTROLS.search(line):
            yield "unclear", f"control characters: {line[:200]!a}"
        if len(line) > LONGEST_LINE + 100:
            yield "unclear", f"a line of {len(line)} characters: {line[:100]!a}"
    if ended.peak > expected.peak + MORE_MEMORY:
        yield "unclear", f"{ended.peak >> 10} MiB of memory instead of {expected.peak >> 10}"
    if damaged and ended.code == 0 and _results(ended.out) != expected.out:
        yield "changed", f"other results: {ended.out[:200]!r}"


def _unclear(ended: Ended, more: list[str], changes: int) -> Iterator[tuple[str, str]]:
    if "Traceback" in ended.out + ended.err:
        yield "unclear", f"traceback: {last_line(ended)}"
    elif ended.code not in (0, 1, 2):
        yield "unclear", f"exit code {ended.code}: {last_line(ended)}"
    elif ended.code == 2 and not (more and more[-1].startswith(("error: ", "usage: "))):
        if not ended.err.startswith("error: "):
            yield "unclear", f"exit code 2: {last_line(ended)}"
    elif ended.code == 1 and not more:
        yield "unclear", "exit code 1 without a line"
    if len(more) > max(1, changes):
        yield "unclear", f"{len(more)} lines: {[line[:150] for line in more]}"


def last_line(ended: Ended) -> str:
    """Return the last line on standard error, or on standard output if there is none."""
    lines = [line for line in (ended.out + ended.err).split("\n") if line.strip()]
    return ascii(lines[-1][:300]) if lines else ""


def _results(out: str) -> str:
    """Return an output without the lines that depend on the clock."""
    return "\n".join(
        line for line in out.split("\n") if not re.search(r"second|reviews/s|\d s$", line)
    )


def digest(folder: Path) -> Files:
    """Return the kind and the content of everything in a folder, by its path there."""
    return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*"))}


def _content(path: Path) -> str:
    status = path.lstat()
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if stat.S_ISREG(status.st_mode) and status.st_size < 2**30:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{stat.S_IFMT(status.st_mode)} {status.st_size * stat.S_ISREG(status.st_mode)}"


def problems_of_files(
    before: Files, after: Files, kept: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the files that a command has left.

    Args:
        before: what there was.
        after: what there is.
        kept: returns True for a file that the command must leave as it is.
    """
    for name in after.keys() - before.keys():
        if name.endswith(".tmp"):
            yield "left", name
    for name, content in before.items():
        if kept(name) and name not in after:
            yield "lost", name
        elif kept(name) and after[name] != content:
            yield "changed", name
