"""Tell which command writes the tables of a sweep if a signal comes before they are written."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rich

from reviewlab.console.commands import command, fit_command, shell_path
from reviewlab.console.exit import exit_on_signals, stop_signals
from reviewlab.sweeps.views import say


@contextmanager
def tables_told(folder: Path) -> Iterator[None]:
    """Let a signal end the `with` block, which writes a sweep's tables, by `SystemExit`.

    The command that writes them is printed first.
    """
    try:
        with exit_on_signals(stop_signals()):
            yield
    except SystemExit as stopped:
        name = signal.Signals(int(stopped.code or 0) - 128).name
        write = fit_command(f"{command('report')} {shell_path(folder)}")
        told = f"stopped by {name} before the tables were written; write them with:"
        say(rich.get_console(), f"{told}\n{write}")
        raise
