"""How a command that is printed begins: so that it runs as it stands, from this folder."""

import shlex
import shutil
import sys
from pathlib import Path

from reviewlab.runs.files import short_path


def python(script: str) -> str:
    """What starts a program of `scripts/`: the Python that runs here, whatever is activated."""
    return f"{program(Path(sys.executable))} scripts/{script}.py"


def tensorboard(folder: Path) -> str:
    """What shows the curves below a folder."""
    beside = Path(sys.executable).with_name("tensorboard")
    # pip may put the programs of a system's Python elsewhere
    return f"{program(beside) if beside.exists() else beside.name} --logdir {shell_path(folder)}"


def program(path: Path) -> str:
    """As `shell_path`; of one outside this folder the name alone, where a shell finds it by that.

    Links are not followed: the Python of an environment is another than the one it links to.
    """
    is_found = short_path(path) == str(path) == shutil.which(path.name)
    return path.name if is_found else shell_path(path)


def shell_path(path: Path) -> str:
    """As short as a shell can be told it from here: relative inside this folder, else whole."""
    return shlex.quote(short_path(path))
