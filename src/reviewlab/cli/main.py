"""The command `reviewlab`: its first argument names a subcommand, which parses the others."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

import reviewlab
from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError, did_you_mean


class Subcommand(NamedTuple):
    """One subcommand of `reviewlab`.

    Args:
        module: dotted name of the module whose `main` parses the subcommand's arguments. It is
            imported only if the subcommand is called.
        summary: one line for `--help`.
    """

    module: str
    summary: str


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "demo": Subcommand("reviewlab.cli.demo", "train on the demo reviews, compare a few settings"),
    "data": Subcommand("reviewlab.cli.data", "describe a data set before training on it"),
    "train": Subcommand("reviewlab.cli.train", "train a classifier or, with -m, run a sweep"),
    "sweep": Subcommand("reviewlab.cli.sweep", "manage a sweep on a SLURM cluster"),
    "report": Subcommand("reviewlab.cli.report", "compare runs in a leaderboard and on a page"),
    "judge": Subcommand("reviewlab.cli.judge", "compare runs of any project in a leaderboard"),
    "ensemble": Subcommand("reviewlab.cli.ensemble", "combine the best runs into an ensemble"),
    "evaluate": Subcommand("reviewlab.cli.evaluate", "measure a checkpoint on a split"),
    "predict": Subcommand("reviewlab.cli.predict", "classify reviews with a checkpoint"),
    "export": Subcommand("reviewlab.cli.export", "write a checkpoint as ONNX, .pt2 or a folder"),
    "explain": Subcommand("reviewlab.cli.explain", "show which words decide a prediction"),
    "errors": Subcommand("reviewlab.cli.errors", "list the mistakes of a checkpoint"),
    "schema": Subcommand("reviewlab.cli.schema", "write schemas that let editors check yaml files"),
}
"""All subcommands, each a module with a `main(argv)`."""

FIRST_STEPS = """\
usage: reviewlab <command> ...

Train and compare text classifiers. Run folders are created in ./outputs/.

{commands}

`reviewlab <command> --help` explains a command; `reviewlab --version` prints
the version.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Pass the command line on to the subcommand that its first argument names."""
    with exit_on_input_error(argv) as arguments:
        name, *rest = arguments or ["--help"]
        if name in ("-h", "--help"):
            sys.stdout.write(format_help())
        elif name == "--version":
            sys.stdout.write(f"reviewlab {reviewlab.__version__}\n")
        else:
            import_module(find(name).module).main(rest)


def find(name: str) -> Subcommand:
    """Return the subcommand with this name.

    Raises:
        InputError: there is no such subcommand.
    """
    if name not in SUBCOMMANDS:
        is_setting = "=" in name  # `data=imdb` lacks a command before it, and does not mean `data`
        hint = "" if is_setting else did_you_mean(name, SUBCOMMANDS)
        allowed = ", ".join(SUBCOMMANDS)
        raise InputError(f"reviewlab: no command {name!r}{hint or ';'} allowed: {allowed}")
    return SUBCOMMANDS[name]


def format_help() -> str:
    """Format the list of commands, one per line."""
    lines = (f"  {name:10}{command.summary}" for name, command in SUBCOMMANDS.items())
    return FIRST_STEPS.format(commands="\n".join(lines))
