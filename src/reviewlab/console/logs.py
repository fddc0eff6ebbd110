"""Log to the console and to the run's `train.log`."""

import logging
import logging.handlers
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import rich
from typing_extensions import override

from reviewlab.exceptions import escape_controls

ROOT = logging.getLogger("reviewlab")

FOR_FILES = {"for_files": True}
"""`extra` of a message that a terminal does not show, since its progress bar shows the same."""

LIGHTNING = ("pytorch_lightning", "lightning_fabric", "lightning.pytorch")


class ConsoleHandler(logging.Handler):
    """Prints messages on stderr, above the progress bar if there is one.

    Tracebacks go to the log file only; on the console they would hide the line that says what
    happened.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message without interpreting markup or wrapping lines."""
        console = rich.get_console()
        if console.is_terminal and getattr(record, "for_files", False):
            return
        console.print(
            escape_controls(record.getMessage()),
            markup=False,
            highlight=False,
            soft_wrap=True,
            emoji=False,
        )


class LogFormatter(logging.Formatter):
    """Formats the lines of a log file, which is also read in terminals."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a message, and its traceback if it has one."""
        return escape_controls(super().format(record))


def speak(level: int = logging.INFO) -> None:
    """Show `reviewlab`'s messages on the console, but only warnings and errors of Lightning.

    Lightning's other messages (available accelerators, tips) would precede every run.
    """
    rich.reconfigure(stderr=True)
    if not any(isinstance(handler, ConsoleHandler) for handler in ROOT.handlers):
        ROOT.addHandler(ConsoleHandler())
    quiet(level)


def quiet(level: int = logging.INFO) -> None:
    """Send `reviewlab`'s messages only to its own handlers, and hide most of Lightning's.

    Lightning's warnings and errors are still shown.
    """
    ROOT.setLevel(level)
    ROOT.propagate = False
    # pytorch-lightning 2.6.6 uses an API of pytrees that torch 2.13 deprecates
    warnings.filterwarnings("ignore", ".*LeafSpec.* is deprecated")
    # where SLURM is installed, Lightning recommends srun; ranks are started without it
    warnings.filterwarnings("ignore", "The `srun` command is available")
    for name in LIGHTNING:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def speak_within(quiet_console: bool = False) -> Iterator[None]:
    """Log to the console as `speak` does, and restore all logging at the end of the block.

    This is for host programs, which have their own logging. Errors are not printed, since the host
    gets them as exceptions.

    Args:
        quiet_console: whether to print nothing.
    """
    console, warnings_too = rich.get_console(), warnings.catch_warnings()
    before, logged = vars(console), (ROOT.level, ROOT.propagate)
    handler = ConsoleHandler()
    handler.addFilter(lambda record: record.levelno < logging.ERROR)
    rich.reconfigure(stderr=True, quiet=quiet_console)
    ROOT.addHandler(handler)
    try:
        with least_level(logging.WARNING, LIGHTNING), warnings_too:
            quiet()
            yield
    finally:
        ROOT.removeHandler(handler)
        ROOT.setLevel(logged[0])
        ROOT.propagate = logged[1]
        console.__dict__ = before


@contextmanager
def silence() -> Iterator[None]:
    """Within the `with` block, hide all warnings and all Lightning messages but errors.

    This is for building objects only to check them.
    """
    with least_level(logging.ERROR, LIGHTNING), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def least_level(level: int, names: Sequence[str]) -> Iterator[None]:
    """Within the `with` block, hide messages below `level` from the loggers with these names."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(level)
    try:
        yield
    finally:
        for logger, before in zip(loggers, levels, strict=True):
            logger.setLevel(before)


class LogFile(logging.FileHandler):
    """Appends messages to a file, and raises if it cannot be written, as for any other file."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Raise the error of the disk; logging would print its traceback and go on."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, self.baseFilename) from error
        super().handleError(record)

    @override
    def close(self) -> None:
        """Close the file; what cannot be written now has been reported before."""
        with suppress(OSError):
            super().close()


class Record:
    """Buffers log messages until there is a file for them, then writes to that file.

    A run folder is created only after the data have been read, and earlier messages belong in its
    log too.
    """

    def __init__(self) -> None:
        self._held = logging.handlers.MemoryHandler(1000, flushLevel=logging.CRITICAL + 1)
        self._file: LogFile | None = None

    def __enter__(self) -> Self:
        ROOT.addHandler(self._held)
        return self

    def keep(self, path: Path) -> None:
        """Append the buffered messages and all later ones to the file `path`."""
        self._file = LogFile(path, encoding="utf-8")
        self._file.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(message)s"))
        self._held.setTarget(self._file)
        self._held.flush()
        ROOT.removeHandler(self._held)
        ROOT.addHandler(self._file)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ROOT.removeHandler(self._held)
        self._held.setTarget(None)
        self._held.close()
        if self._file is not None:
            ROOT.removeHandler(self._file)
            self._file.close()
