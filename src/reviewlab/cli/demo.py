"""The command line of `reviewlab demo`: a first run, and a first sweep."""

import sys
from collections.abc import Sequence

from reviewlab.cli import train
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError

SWEEP = ("-m", "sweep=demo")

HELP = """\
usage: {demo}

Train on the demo reviews, then compare a few settings, in about a minute.
The same as

    {train} experiment=demo
    {train} {sweep}
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Train on the demo reviews, then run a sweep on them."""
    with exit_on_input_error(argv) as arguments:
        sweep = " ".join(SWEEP)
        if {*arguments} & {"-h", "--help"}:
            names = {"demo": command("demo"), "train": command("train"), "sweep": sweep}
            sys.stdout.write(HELP.format(**names))
            return
        if arguments:
            raise InputError(
                f"demo: {arguments[0]!r} is not allowed: demo takes no arguments; run "
                f"{command('train')} experiment=demo {arguments[0]}"
            )
        train.main(["experiment=demo"])
        sys.stdout.write("\nDo step size, layers and label smoothing matter?\n")
        sys.stdout.write(f"{command('train')} {sweep}\n\n")
        sys.stdout.flush()
        train.main(SWEEP)
