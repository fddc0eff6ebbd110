"""The commands that a launch prints: to continue the sweep, and to use its results."""

from collections.abc import Iterable
from pathlib import Path

from reviewlab.console.commands import command, shell_line, shell_path, tensorboard


def continue_command(argv: Iterable[str], name: str) -> str:
    """Return the command that continues a sweep.

    Args:
        argv: the arguments that this launch was started with.
        name: the sweep's name.
    """
    arguments = [a for a in argv if not a.startswith("sweep.name=")]
    return shell_line("train", [*arguments, f"sweep.name={name}"])


def next_commands(folder: Path, logged: bool, any_done: bool) -> list[str]:
    """List commands to run next: for an HTML report, the logged curves, and a prediction.

    Args:
        folder: the sweep's folder.
        logged: True if the runs are logged for TensorBoard.
        any_done: True if a run can predict.
    """
    commands = [f"{command('report')} {shell_path(folder)} --html"]
    if logged:
        commands.append(tensorboard(folder))
    if any_done:
        commands.append(
            f'{command("predict")} checkpoint={shell_path(folder)} text="slow start, but worth it"'
        )
    return commands
