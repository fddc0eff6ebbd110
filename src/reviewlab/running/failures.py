"""Report how a run failed or was interrupted: in its log, its status and on the console."""

import logging
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reviewlab.callbacks import Interrupted
from reviewlab.console.commands import command, shell_path
from reviewlab.console.exit import handle_signals, stop_signals
from reviewlab.exceptions import UNWRITABLE, InputError, single_line
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_end

log = logging.getLogger(__name__)


@contextmanager
def log_early_failure() -> Iterator[None]:
    """If the `with` block fails unexpectedly, log one line, since the run has no status yet."""
    try:
        yield
    except (InputError, OSError, Interrupted):
        raise  # the caller reports these
    except Exception as error:
        reason = single_line(str(error))
        log.error("failed: %s: %s; debug=traceback shows where", type(error).__name__, reason)
        raise


@contextmanager
def record_failure(folder: RunFolder, status: Status) -> Iterator[None]:
    """If the `with` block fails or is interrupted, record why in the run's status and log.

    Another signal, such as a second Ctrl-C, does not keep it from that.
    """
    try:
        yield
    except BaseException as error:
        with handle_signals(dict.fromkeys(stop_signals(), signal.SIG_IGN)):
            _record(folder, status, error)
        raise


def _record(folder: RunFolder, status: Status, error: BaseException) -> None:
    if isinstance(error, Interrupted):
        write_end(folder.path, status, "preempted", str(error))
        resume = f"{command('train')} resume={shell_path(folder.path)}"
        log.info("%s; continue with: %s", error, resume)
    elif isinstance(error, InputError):
        write_end(folder.path, status, "failed", str(error))
    elif isinstance(error, OSError) and error.errno in UNWRITABLE:
        with suppress(OSError):
            write_end(folder.path, status, "failed", _reason(folder))
        raise OSError(error.errno, error.strerror, error.filename or folder.path) from error
    else:
        write_end(folder.path, status, "failed", _reason(folder))
        log.exception("failed: %s: %s; see %s", type(error).__name__, error, folder.log)


def _reason(folder: RunFolder) -> str:
    """Return the traceback of the error, and of another rank whose failure caused it."""
    own = traceback.format_exc()
    if not folder.rank_error.exists():
        return own
    traceback_of_rank = folder.rank_error.read_text(encoding="utf-8")
    folder.rank_error.unlink()
    return f"{own}\nbecause another rank had failed:\n{traceback_of_rank}"
