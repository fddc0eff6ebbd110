"""Separate the flags of a command line from its overrides."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reviewlab.exceptions import InputError

MULTIRUN = ("-m", "--multirun")

VALUED = (
    *("--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn"),
    *("--config-dir", "-cd", "--experimental-rerun"),
)
"""Flags of Hydra that take a value, after a space or an equals sign."""

CONFIG_DIR = ("--config-dir", "-cd")
CONFIG_PATH = ("--config-path", "-cp")


class CommandLine(NamedTuple):
    """A command line, split into flags and overrides, which may be typed in any order.

    Args:
        flags: the flags, each followed by its value if it takes one.
        overrides: all other arguments.
    """

    flags: list[str]
    overrides: list[str]

    @property
    def is_multirun(self) -> bool:
        """True if the command line asks for a sweep."""
        return is_multirun(self.flags)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folder that `--config-dir` names, as a `file://` entry of Hydra's search path.

        The tuple is empty if the flag is not given.

        Raises:
            InputError: the folder does not exist.
        """
        value = self.value(CONFIG_DIR)
        if value is None:
            return ()
        if not Path(value).is_dir():
            raise InputError(
                f"--config-dir: {value!r} is not a folder; allowed: a folder laid out like "
                "reviewlab's conf/, for example with experiment/mine.yaml in it"
            )
        return (f"file://{Path(value).absolute()}",)

    def value(self, names: Sequence[str]) -> str | None:
        """Return the value of the flag that has one of these names; None if it is not given."""
        for position, flag in enumerate(self.flags):
            name, equals, value = flag.partition("=")
            if name in names:
                return value if equals else "".join(self.flags[position + 1 : position + 2])
        return None


def is_multirun(argv: Sequence[str]) -> bool:
    """Tell whether a command line asks for a sweep."""
    return any(flag in argv for flag in MULTIRUN)


def split(argv: Sequence[str]) -> CommandLine:
    """Split a command line into flags and overrides.

    >>> split(["seed=1", "--config-dir", "mine", "-m", "model=gru"])
    CommandLine(flags=['--config-dir', 'mine', '-m'], overrides=['seed=1', 'model=gru'])
    """
    flags: list[str] = []
    overrides: list[str] = []
    takes_value = False
    for argument in argv:
        is_flag = argument.startswith("-")
        is_mode = flags[-1:] in (["--info"], ["-i"]) and "=" not in argument
        (flags if is_flag or takes_value or is_mode else overrides).append(argument)
        takes_value = argument in VALUED
    return CommandLine(flags, overrides)
