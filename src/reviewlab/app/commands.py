"""How a command that is printed begins: so that it runs as it stands, from this folder."""

import os
import shlex
import sys
from pathlib import Path


def python(script: str) -> str:
    """What starts a program of `scripts/`: the Python that runs here, whatever is activated."""
    return f"{typed(Path(sys.executable))} scripts/{script}.py"


def tensorboard(folder: Path) -> str:
    """What shows the curves below a folder."""
    return f"{typed(Path(sys.executable).with_name('tensorboard'))} --logdir {typed(folder)}"


def typed(path: Path) -> str:
    """As short as a shell can be told it from here: relative inside this folder.

    Of a program beside a Python that lies elsewhere the name: it was activated, or installed.
    """
    relative = os.path.relpath(path)
    if not relative.startswith(".."):
        return shlex.quote(relative)
    return path.name if path.parent == Path(sys.executable).parent else shlex.quote(str(path))
