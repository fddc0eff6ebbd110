"""Begin a printed command so that it runs as it is, from this folder."""

import shlex
import shutil
import sys
from pathlib import Path

from reviewlab.runs.files import short_path


def python(script: str) -> str:
    """Start a program of `scripts/` with the Python that runs here, whatever is activated."""
    return f"{program(Path(sys.executable))} scripts/{script}.py"


def tensorboard(folder: Path) -> str:
    """Return the command that shows the curves below a folder."""
    beside = Path(sys.executable).with_name("tensorboard")
    # pip may put the programs of a system's Python elsewhere
    return f"{program(beside) if beside.exists() else beside.name} --logdir {shell_path(folder)}"


def program(path: Path) -> str:
    """Write a program's path as `shell_path`, or its name alone where a shell finds it by that.

    Links are not followed: the Python of an environment is another than the one it links to.
    """
    is_found = short_path(path) == str(path) == shutil.which(path.name)
    return path.name if is_found else shell_path(path)


def shell_path(path: Path) -> str:
    """Write a path as short as a shell understands it here: relative inside this folder."""
    return shlex.quote(short_path(path))
