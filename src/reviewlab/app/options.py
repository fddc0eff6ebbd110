"""The command line of the scripts that use a checkpoint: a flat set of options, checked."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from reviewlab.app.compose import Job, compose
from reviewlab.app.errors import SHOW_TRACEBACK
from reviewlab.app.verbatim import take_verbatim
from reviewlab.errors import InputError


def parse(
    config_name: str, verbatim: Collection[str], argv: Sequence[str]
) -> dict[str, Any] | None:
    """The options that `argv` gives, defaults from the yaml; None when it asked for `--help`.

    They have still to be bound to a signature.

    verbatim: options whose value is taken as it stands.
    """
    if {"-m", "--multirun"} & {*argv}:
        raise InputError(f"command line: {config_name} does one thing at a time; leave out -m")
    taken, rest = take_verbatim(argv, verbatim)
    job = compose(config_name, [argument for argument in rest if argument != SHOW_TRACEBACK])
    return {**job.config, **taken} if isinstance(job, Job) else None


def refuse_output(output: str | None, suffixes: Sequence[str]) -> None:
    """Refuse a file to write that has another suffix, or whose folder is not there."""
    if output is None:
        return
    if Path(output).suffix not in suffixes or Path(output).is_dir():
        allowed = " or ".join(suffixes)
        raise InputError(f"output: {output!r} is not allowed; allowed: a {allowed} file")
    if not Path(output).parent.is_dir():
        raise InputError(f"output: the folder of {output!r} does not exist")
