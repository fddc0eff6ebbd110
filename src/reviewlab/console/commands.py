"""Format commands so that they can be copied and run as they are from the current folder."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from reviewlab.console.table import on_one_line
from reviewlab.runs.files import short_path

WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
"""Matches one word of a command, as a shell would split it."""

STARTED_BY = "REVIEWLAB_STARTED_BY"
"""An environment variable that tells child processes which program a person started."""


def command(name: str) -> str:
    """Return the command that starts a program of reviewlab the way this process was started.

    The command runs a file in `scripts/`, the installed `reviewlab`, or `python -m reviewlab`,
    which works wherever the package can be imported. It names the Python that is running now, not
    that of an activated environment.

    Args:
        name: name of the program, such as train, sweep or report.
    """
    python, started_by = program(Path(sys.executable)), _find_started_by()
    if _is_script(started_by):
        return f"{python} {shell_path(started_by.with_name(f'{name}.py'))}"
    if started_by.name == "reviewlab":
        return f"{program(started_by)} {name}"
    return f"{python} -m reviewlab {name}"


def fit_command(command: str, indent: str = "  ", width: int = 80) -> str:
    """Break a long command between words, so that its lines can be pasted into a shell.

    Args:
        command: the command, quoted for a shell.
        indent: spaces before the command; the lines after the first have two more.
        width: maximum width of a line; a longer word has its own line.

    Returns:
        The lines of the command, all but the last with a backslash at the end.
    """
    if len(indent) + len(command) <= width:
        return f"{indent}{command}"
    lines = [indent]
    for word in WORD.findall(command):
        if lines[-1].strip() and len(lines[-1]) + len(word) > width - 2:
            lines[-1] += "\\"
            lines.append(f"{indent}  ")
        lines[-1] += f"{word} "
    return "\n".join(lines).rstrip()


def hand_on() -> None:
    """Make child processes print commands in the same form as this process does.

    For example, all print `reviewlab train`, or all print `python scripts/train.py`.
    """
    os.environ[STARTED_BY] = str(_find_started_by())


def _find_started_by() -> Path:
    """Return the program that a person started: this process or one of its parents."""
    own = Path(sys.argv[0]).absolute()
    inherited = os.environ.get(STARTED_BY)
    is_ours = _is_script(own) or own.name == "reviewlab" or own.parent.name == "reviewlab"
    return own if is_ours or inherited is None else Path(inherited)


def _is_script(path: Path) -> bool:
    return path.parent.name == "scripts" and path.suffix == ".py"


def tensorboard(folder: Path) -> str:
    """Return the command that shows the curves of all runs inside a folder."""
    python = Path(sys.executable)
    beside = python.with_name("tensorboard")
    # pip may install the programs of a system's Python elsewhere
    start = program(beside) if beside.exists() else f"{program(python)} -m tensorboard.main"
    return f"{start} --logdir {shell_path(folder)}"


def program(path: Path) -> str:
    """Return a program's name if the shell finds it by name, else its path as in `shell_path`.

    Links are not resolved, since an environment's Python differs from the one that it links to.
    """
    is_found = short_path(path) == str(path) == shutil.which(path.name)
    return path.name if is_found else shell_path(path)


def shell_path(path: Path) -> str:
    """Quote a path for a shell, made relative if it lies inside the current folder."""
    return shell_word(short_path(path))


def shell_line(name: str, arguments: Iterable[str]) -> str:
    """Return the command line that runs a program of ours with these arguments, quoted."""
    return " ".join([command(name), *map(shell_word, arguments)])


def shell_word(text: str) -> str:
    """Quote a word for a shell.

    Characters that a terminal would obey are spelt in `$'...'`, which bash and zsh read.
    """
    if on_one_line(text) == text:
        return shlex.quote(text)
    return f"$'{''.join(map(_spell, text))}'"


def _spell(character: str) -> str:
    if character not in "\\'" and on_one_line(character) == character:
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
