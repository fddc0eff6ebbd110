"""The provenance of a result: code, command, packages, machine."""

import hashlib
import platform
import shutil
import socket
import subprocess
import sys
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import NotRequired, TypedDict

from reviewlab.plugins import list_plugins
from reviewlab.runs.files import read_json, write_json

PACKAGE = Path(__file__).resolve().parents[1]
SOURCE = PACKAGE.parents[1]

SNAPSHOT = "snapshot.json"
"""Beside a copy of the package that was made for jobs that start later: where it comes from."""

NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")


class Origin(TypedDict):
    """The state of the code.

    In a copy made for later, commit and diff are those of the moment it was made.

    commit: None where the source is no git checkout.
    diff: a patch of what was not committed in the files that git tracks, new files left out; None
        where the source is no git checkout.
    snapshot: the name of the copy; absent where the source itself runs.
    """

    commit: str | None
    diff: str | None
    snapshot: NotRequired[str]


class PluginVersions(TypedDict):
    """The packages that declare classes for reviewlab.

    plugins: by name, the version; absent where there is none.
    """

    plugins: NotRequired[dict[str, str]]


class Software(Origin, PluginVersions):
    """The code and everything that it runs on.

    python: the version of the interpreter.
    packages: by name, the version of every installed package.
    """

    python: str
    packages: dict[str, str]


class Provenance(Software):
    """All that is needed to get the same numbers again, but for the config.

    argv: the command, as in `sys.argv`.
    host: the machine's name.
    platform: its system, as Python describes it.
    device: that the run computed on.
    """

    argv: list[str]
    host: str
    platform: str
    device: str


def provenance(argv: list[str], device: str) -> Provenance:
    """Collect what somebody needs to know to get the same numbers again.

    Args:
        argv: the command that started the run.
        device: that it computes on.
    """
    return {
        "argv": argv,
        **software(),
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "device": device,
    }


@cache
def software() -> Software:
    """Name the code and packages of this process; found out once, and inherited by its forks."""
    return {
        **_source(),
        **_plugin_versions(),
        "python": sys.version.split()[0],
        "packages": {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]},
    }


def snapshot(folder: Path) -> Path:
    """Copy the package below `folder`, for jobs that start later.

    A copy is named after its content, so that a sweep that goes on with the same code shares it.
    Its `snapshot.json` says where it comes from, and runs copy that into their `provenance.json`.

    Returns:
        The folder for PYTHONPATH.
    """
    digest = _digest()
    copy = folder / digest
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{digest}.tmp"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(PACKAGE, unfinished / "src" / PACKAGE.name, ignore=NO_SOURCE)
        code = software()
        origin = {"snapshot": digest, "commit": code["commit"], "diff": code["diff"]}
        write_json(unfinished / SNAPSHOT, origin)
        unfinished.rename(copy)
    return copy / "src"


def _source() -> Origin:
    record = SOURCE / SNAPSHOT
    if record.exists():
        origin: Origin = read_json(record)
        return origin
    if PACKAGE.parent.name != "src":  # installed, maybe inside somebody else's checkout
        return {"commit": None, "diff": None}
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit and commit.strip(), "diff": _git("diff", "HEAD")}


def _plugin_versions() -> PluginVersions:
    versions = {plugin.distribution: plugin.version for plugin in list_plugins()}
    return {"plugins": versions} if versions else {}


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


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{file.relative_to(PACKAGE)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
