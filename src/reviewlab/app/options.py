"""The command line of the scripts that use a checkpoint: a flat set of options, checked."""

from collections.abc import Collection, Sequence
from typing import Any

from reviewlab.app.errors import SHOW_TRACEBACK
from reviewlab.app.request import Job, compose
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
