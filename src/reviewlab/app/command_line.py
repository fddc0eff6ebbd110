"""A command line as Hydra is to see it."""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from reviewlab.app.compose import PATHS
from reviewlab.exceptions import InputError

FLAGS = ("-m", "--multirun")

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./:~+-]*")
"""What Hydra's grammar takes without quotes, whatever stands where."""


def is_multirun(argv: Sequence[str]) -> bool:
    """Whether a sweep is asked for."""
    return any(flag in argv for flag in FLAGS)


def paths_quoted(argv: Sequence[str]) -> list[str]:
    """`argv` with quotes around the paths that Hydra's grammar would not read as they stand.

    What is quoted already stays, and so do interpolations and, with -m, lists of paths.

    >>> paths_quoted(["outputs=/home/jörg/a=1", "seed=1"])
    ["outputs='/home/jörg/a=1'", 'seed=1']
    """
    several = is_multirun(argv)
    return [_quoted(argument, several) for argument in argv]


def _quoted(argument: str, several: bool) -> str:
    key, _, value = argument.partition("=")
    if key not in PATHS or PLAIN_PATH.fullmatch(value) or "${" in value:
        return argument
    if value[0] in "'\"" or value.endswith("\\") or (several and "," in value):
        return argument
    inside = re.sub(r"(\\*)'", r"\1\1\'", value)  # backslashes count before a quote only
    return f"{key}='{inside}'"


@contextmanager
def command_line(argv: Sequence[str]) -> Iterator[None]:
    """Let Hydra's main see `argv`, and let it raise what it would print."""

    def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
        raise InputError(f"command line: {message}; --help shows what is allowed")

    own_argv, own_error = sys.argv, argparse.ArgumentParser.error
    # argparse refuses overrides on both sides of a flag, but people write `-m` anywhere.
    flags = [argument for argument in argv if argument in FLAGS]
    rest = [argument for argument in argv if argument not in FLAGS]
    argparse.ArgumentParser.error = refuse  # type: ignore[method-assign, assignment]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        sys.argv = [sys.argv[0], *flags, *rest]
        yield
    finally:
        sys.argv = own_argv
        argparse.ArgumentParser.error = own_error  # type: ignore[method-assign]
