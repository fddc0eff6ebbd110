"""The command `reviewlab`: its first word names a program, which reads the rest."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError, did_you_mean


class Subcommand(NamedTuple):
    """One word that `reviewlab` knows.

    module: whose `main` reads the rest of the command line; imported for this word alone.
    summary: one line for `--help`.
    """

    module: str
    summary: str


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "demo": Subcommand("reviewlab.cli.demo", "train on the demo reviews, compare a few settings"),
    "data": Subcommand("reviewlab.cli.data", "describe a data set before training on it"),
    "train": Subcommand("reviewlab.cli.train", "train a classifier; with -m a sweep of them"),
    "sweep": Subcommand("reviewlab.cli.sweep", "look after a sweep on a SLURM cluster"),
    "report": Subcommand("reviewlab.cli.report", "compare runs: a leaderboard, a page"),
    "ensemble": Subcommand("reviewlab.cli.ensemble", "average the best runs of a sweep in one"),
    "evaluate": Subcommand("reviewlab.cli.evaluate", "measure a checkpoint on a split"),
    "predict": Subcommand("reviewlab.cli.predict", "classify reviews with a checkpoint"),
    "explain": Subcommand("reviewlab.cli.explain", "show which words decide an answer"),
    "errors": Subcommand("reviewlab.cli.errors", "list where a checkpoint is wrong"),
    "schema": Subcommand("reviewlab.cli.schema", "let an editor complete and check yaml files"),
}
"""All words; a new program is one more line, and a module with a `main(argv)`."""

FIRST_STEPS = """\
usage: reviewlab <command> ...

Train and compare text classifiers; run folders go to outputs/ in this folder.

{commands}

reviewlab <command> --help shows what a command takes, reviewlab --version
which version this is.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Hand the command line to the program that its first word names."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        name, *rest = arguments or ["--help"]
        if name in ("-h", "--help"):
            sys.stdout.write(format_help())
        elif name == "--version":
            sys.stdout.write(f"reviewlab {read_version()}\n")
        else:
            import_module(find(name).module).main(rest)


def find(name: str) -> Subcommand:
    """Return the subcommand of that name.

    Raises:
        InputError: there is none.
    """
    if name not in SUBCOMMANDS:
        is_setting = "=" in name  # `data=imdb` is like `data`, and what is missing stands before it
        hint = "" if is_setting else did_you_mean(name, SUBCOMMANDS)
        allowed = ", ".join(SUBCOMMANDS)
        raise InputError(f"reviewlab: no command {name!r}{hint or ';'} allowed: {allowed}")
    return SUBCOMMANDS[name]


def format_help() -> str:
    """List the commands, a line each."""
    lines = (f"  {name:10}{command.summary}" for name, command in SUBCOMMANDS.items())
    return FIRST_STEPS.format(commands="\n".join(lines))


def read_version() -> str:
    """Return the version of the installed package."""
    from importlib.metadata import version  # `--help` needs it not

    return version("reviewlab")
