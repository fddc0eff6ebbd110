"""The package as users get it: built from a copy, installed into a separate environment."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

NOT_COPIED = (
    ".git",
    ".venv",
    "outputs",
    "build",
    "_build",
    "*.egg-info",
    ".*_cache",
    "__pycache__",
)

BUILD = "import sys, setuptools.build_meta as build; getattr(build, sys.argv[1])(sys.argv[2])"
"""The build step of pip with the installed setuptools, so that nothing is downloaded."""


class Built(NamedTuple):
    """The built distributions and the copy of the checkout that they were built from.

    Attributes:
        checkout: the copy.
        wheel: the wheel.
        sdist: the source distribution.
        from_sdist: the wheel that pip builds from the sdist.
        without_compiler: the same, where there is no C compiler.
    """

    checkout: Path
    wheel: Path
    sdist: Path
    from_sdist: Path
    without_compiler: Path


class Environment(NamedTuple):
    """An environment with the package, and a separate working folder."""

    path: Path
    home: Path

    def program(self, name: str) -> str:
        """Return the path of a program in the environment."""
        return str(self.path / "bin" / name)

    def variables(self) -> dict[str, str]:
        """Return the variables of a shell in which the environment is activated."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        paths = f"{self.path / 'bin'}:{os.environ['PATH']}"
        return {**inherited, "PATH": paths, "REVIEWLAB_CACHE": str(self.home / "cache")}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command."""
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.home,
            env=self.variables(),
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A wheel, an sdist, and two wheels from that sdist."""
    folder = tmp_path_factory.mktemp("built")
    checkout = folder / "checkout"
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    sdist = build(checkout, "build_sdist", folder / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    [unpacked] = (folder / "unpacked").iterdir()
    bare = build(unpacked, "build_wheel", folder / "bare", CC="false")
    wheel = build(checkout, "build_wheel", folder / "wheel")
    again = build(unpacked, "build_wheel", folder / "again")
    return Built(checkout, wheel, sdist, again, bare)


def build(project: Path, hook: str, folder: Path, **variables: str) -> Path:
    """Build a project like pip and return the file.

    Args:
        project: the project's folder.
        hook: the function of the build backend.
        folder: the folder to write to.
        variables: environment variables to add.
    """
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", BUILD, hook, str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True, env=environment)
    [file] = folder.iterdir()
    return file


def make_environment(folder: Path, *install: str) -> Environment:
    """Make an environment with all packages installed here except reviewlab.

    An editable install in the shared folder has no effect: Python reads no .pth file in a folder
    that another .pth file names.
    """
    path = folder / "environment"
    venv.create(path, with_pip=False)
    [packages] = path.glob("lib/python*/site-packages")
    shared = [line for line in sys.path if line.endswith("site-packages")]
    (packages / "shared.pth").write_text("\n".join(shared))
    pip = [sys.executable, "-m", "pip", "--python", str(path / "bin" / "python"), "--quiet"]
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed"]
    subprocess.run([*pip, "install", *options, *install], check=True, cwd=folder)
    (folder / "home").mkdir()
    return Environment(path, folder / "home")


@pytest.fixture(scope="session")
def environment(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the installed wheel."""
    return make_environment(tmp_path_factory.mktemp("installed"), str(built.wheel))


@pytest.fixture(scope="session")
def editable(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with an editable install of the copy."""
    folder = tmp_path_factory.mktemp("editable")
    return make_environment(folder, "--editable", str(built.checkout))
