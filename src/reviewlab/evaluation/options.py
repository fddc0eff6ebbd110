"""The command line of the scripts that use a checkpoint: a flat set of options, checked."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from reviewlab.config.command_line import take_verbatim
from reviewlab.config.request import Job, compose
from reviewlab.console.exit import SHOW_TRACEBACK
from reviewlab.exceptions import InputError


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
    _refuse_several(rest)
    job = compose(config_name, [argument for argument in rest if argument != SHOW_TRACEBACK])
    return {**job.config, **taken} if isinstance(job, Job) else None


def refuse_missing(checkpoint: str | None) -> str:
    """The checkpoint; refused where it is not there, before torch is imported to read it."""
    if checkpoint is None:
        raise InputError("checkpoint: is not given; give the .ckpt file of a run")
    try:
        Path(checkpoint).stat()
    except FileNotFoundError:
        raise InputError(f"checkpoint: {checkpoint!r} does not exist") from None
    except (OSError, ValueError):  # reading it will say why
        pass
    return checkpoint


def _refuse_several(arguments: Sequence[str]) -> None:
    parser = OverridesParser.create()
    for argument in arguments:
        try:
            several = parser.parse_override(argument).is_sweep_override()
        except HydraException:  # composing will say why
            continue
        if several:
            raise InputError(f"{argument}: several values; give one")


def refuse_output(output: str | None, suffixes: Sequence[str]) -> None:
    """Refuse a file to write that has another suffix, or whose folder is not there."""
    if output is None:
        return
    if Path(output).suffix not in suffixes or Path(output).is_dir():
        allowed = " or ".join(suffixes)
        raise InputError(f"output: {output!r} is not allowed; allowed: a {allowed} file")
    if not Path(output).parent.is_dir():
        raise InputError(f"output: the folder of {output!r} does not exist")


def refuse_output_folder(output: str | None) -> None:
    """Refuse a folder to write to that is a file."""
    if output is not None and Path(output).exists() and not Path(output).is_dir():
        raise InputError(f"output: {output!r} is a file; allowed: a folder")
