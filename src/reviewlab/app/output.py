"""Where a command is to write: refused before any work is done."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.exceptions import InputError


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
