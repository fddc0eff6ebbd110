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
from reviewlab.runs.atomic import atomic_folder
from reviewlab.runs.files import read_json, write_json

PACKAGE = Path(__file__).resolve().parents[1]
SOURCE = PACKAGE.parents[1]

SNAPSHOT = "snapshot.json"
"""The file that records the origin of a copy of the package, and lies beside that copy."""

NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")


class Origin(TypedDict):
    """The state of the code.

    For a copy made for later jobs, `commit` and `diff` describe the source when it was copied.

    Attributes:
        commit: hash of the git commit; None if the source is not a git checkout.
        diff: a patch of uncommitted changes to tracked files, without new files; None if the source
            is not a git checkout.
        snapshot: the name of the copy; absent if the source itself is run.
    """

    commit: str | None
    diff: str | None
    snapshot: NotRequired[str]


class PluginVersions(TypedDict):
    """The packages that provide plugins for reviewlab.

    Attributes:
        plugins: maps each package's name to its version; absent if there are no plugins.
    """

    plugins: NotRequired[dict[str, str]]


class Software(Origin, PluginVersions):
    """The code, the interpreter and the packages.

    Attributes:
        python: the version of the interpreter.
        packages: maps the name of each installed package to its version.
    """

    python: str
    packages: dict[str, str]


class Provenance(Software):
    """Everything that is needed to reproduce the numbers, except the config.

    Attributes:
        argv: the command, as in `sys.argv`.
        host: the machine's name.
        platform: the operating system, as Python's `platform` module describes it.
        device: the device that the run computed on.
    """

    argv: list[str]
    host: str
    platform: str
    device: str


def provenance(argv: list[str], device: str) -> Provenance:
    """Collect the provenance of a run in this process.

    Args:
        argv: the command that started the run.
        device: the device that the run computes on.
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
    """Describe the code and packages. This is computed once for this process and its forks."""
    return {
        **_source(),
        **_plugin_versions(),
        "python": sys.version.split()[0],
        "packages": {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]},
    }


def snapshot(folder: Path) -> Path:
    """Copy the package to a subfolder of `folder`, for jobs that start later.

    A copy is named after its content, so a sweep that is resumed with the same code reuses it. Its
    `snapshot.json` records its origin, which runs copy into their `provenance.json`.

    Returns:
        The folder to put on PYTHONPATH.
    """
    digest = _digest()
    copy = folder / digest
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        code = software()
        origin = {"snapshot": digest, "commit": code["commit"], "diff": code["diff"]}
        with atomic_folder(copy) as unfinished:
            shutil.copytree(PACKAGE, unfinished / "src" / PACKAGE.name, ignore=NO_SOURCE)
            write_json(unfinished / SNAPSHOT, origin)
    return copy / "src"


def _source() -> Origin:
    record = SOURCE / SNAPSHOT
    if record.exists():
        origin: Origin = read_json(record)
        return origin
    if PACKAGE.parent.name != "src":  # installed, perhaps within another checkout
        return {"commit": None, "diff": None}
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit and commit.strip(), "diff": _git("diff", "HEAD")}


def _plugin_versions() -> PluginVersions:
    versions = {plugin.distribution: plugin.version for plugin in list_plugins()}
    return {"plugins": versions} if versions else {}


def _git(*arguments: str) -> str | None:
    try:
        completed = subprocess.run(  # noqa: S603  fixed words, no shell
            ["git", "-C", str(SOURCE), *arguments],  # noqa: S607
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # a file may be in any encoding
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return completed.stdout


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{file.relative_to(PACKAGE)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
