"""Where a result comes from: code, command, packages, machine."""

import platform
import socket
import subprocess
import sys
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from reviewlab.runs.files import read_json

SOURCE = Path(__file__).resolve().parents[3]

SNAPSHOT = "snapshot.json"
"""Beside a copy of the package that was made for jobs that start later: where it comes from."""


def provenance(argv: list[str], device: str) -> dict[str, Any]:
    """What somebody needs to know to get the same numbers again.

    commit and diff are None where the source is no git checkout; `diff` is a patch of what was not
    committed in the files that git tracks: one that is new is not in it. In a copy made for later,
    they are those of the moment it was made, and `snapshot` names it.
    """
    return {
        "argv": argv,
        **software(),
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "device": device,
    }


@cache
def software() -> dict[str, Any]:
    """The code and the packages of this process; found out once, and inherited by its forks."""
    return {
        **_source(),
        "python": sys.version.split()[0],
        "packages": {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]},
    }


def _source() -> dict[str, Any]:
    kept = SOURCE / SNAPSHOT
    if kept.exists():
        known: dict[str, Any] = read_json(kept)
        return known
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit and commit.strip(), "diff": _git("diff", "HEAD")}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  fixed words, no shell
            ["git", "-C", str(SOURCE), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # a file may be in any encoding
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
