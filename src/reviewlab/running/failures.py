"""Report how a run failed or was interrupted: in its log, its status and on the console."""

import logging
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reviewlab.callbacks import Interrupted
from reviewlab.console.commands import command, shell_path
from reviewlab.console.exit import handle_signals, run_signals
from reviewlab.exceptions import UNWRITABLE, InputError, single_line
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_end

log = logging.getLogger(__name__)


@contextmanager
def log_early_failure() -> Iterator[None]:
    """If the `with` block fails unexpectedly, log one line, since the run has no status yet."""
    try:
        yield
    except (InputError, OSError):
        raise  # the caller reports these
    except Exception as error:
        reason = single_line(str(error))
        log.error("failed: %s: %s; debug=traceback shows where", type(error).__name__, reason)
        raise


@contextmanager
def record_failure(folder: RunFolder, status: Status) -> Iterator[None]:
    """If the `with` block fails or is interrupted, record why in the run's status and log.

    Another signal, such as a second Ctrl-C or SLURM's SIGUSR1, does not keep it from that.
    """
    try:
        yield
    except BaseException as error:
        with handle_signals(dict.fromkeys(run_signals(), signal.SIG_IGN)):
            _record(folder, status, error)
        raise


def _record(folder: RunFolder, status: Status, error: BaseException) -> None:
    if isinstance(error, Interrupted):
        write_end(folder.path, status, "preempted", str(error))
        log.info("%s; continue with: %s", error, _resume(folder))
    elif isinstance(error, InputError):
        write_end(folder.path, status, "failed", str(error))
    elif isinstance(error, OSError) and error.errno in UNWRITABLE:
        raise _record_unwritable(folder, status, error) from error
    else:
        write_end(folder.path, status, "failed", _reason(folder))
        log.exception("failed: %s: %s; see %s", type(error).__name__, error, folder.log)


@contextmanager
def raise_thread_errors() -> Iterator[None]:
    """Raise the first operating-system error of a thread that the `with` block has started.

    It is raised at the end of the block, if the block itself has not failed. TensorBoard writes in
    such a thread; Python would print its traceback and go on. Only the main thread does this.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    others, errors, before = {*threading.enumerate()}, list[OSError](), threading.excepthook

    def keep(failed: threading.ExceptHookArgs) -> None:
        if isinstance(failed.exc_value, OSError) and failed.thread not in others:
            errors.append(failed.exc_value)
        else:
            before(failed)

    threading.excepthook = keep
    try:
        yield
    finally:
        threading.excepthook = before
    if errors:
        raise errors[0]


def _record_unwritable(folder: RunFolder, status: Status, error: OSError) -> OSError:
    """Record that a file could not be written, as far as possible; return the error to raise.

    Args:
        folder: the run folder; nothing is recorded if the run has not begun.
        status: the status with which the attempt began.
        error: the error.
    """
    filename, reason = error.filename or folder.path, str(error.strerror)
    if folder.has_begun():
        with suppress(OSError):
            write_end(folder.path, status, "failed", _reason(folder))
        reason += f"; once this is fixed, continue with: {_resume(folder)}"
    return OSError(error.errno, reason, filename)


def _resume(folder: RunFolder) -> str:
    return f"{command('train')} resume={shell_path(folder.path)}"


def _reason(folder: RunFolder) -> str:
    """Return the traceback of the error, and of another rank whose failure caused it."""
    own = traceback.format_exc()
    if not folder.rank_error.exists():
        return own
    traceback_of_rank = folder.rank_error.read_text(encoding="utf-8")
    folder.rank_error.unlink()
    return f"{own}\nbecause another rank had failed:\n{traceback_of_rank}"
