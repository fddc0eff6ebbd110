"""Tells how a run ends that does not end well: in its log, in its status and on the console."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from reviewlab.callbacks import Interrupted
from reviewlab.console.commands import command, shell_path
from reviewlab.exceptions import UNWRITABLE, InputError, single_line
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, write_status

log = logging.getLogger(__name__)


@contextmanager
def log_early_failure() -> Iterator[None]:
    """Log in one line what broke before there is a status that could tell."""
    try:
        yield
    except (InputError, OSError, Interrupted):
        raise  # the caller says it
    except Exception as error:
        reason = single_line(str(error))
        log.error("failed: %s: %s; debug=traceback shows where", type(error).__name__, reason)
        raise


@contextmanager
def record_failure(folder: RunFolder, status: Status) -> Iterator[None]:
    """Record in the status, and tell a person, how a run ends that does not end well."""
    try:
        yield
    except Interrupted as interrupted:
        write_status(folder.path, status.finished("preempted", str(interrupted)))
        log.info("%s; go on: %s resume=%s", interrupted, command("train"), shell_path(folder.path))
        raise
    except InputError as error:
        write_status(folder.path, status.finished("failed", str(error)))
        raise
    except BaseException as error:
        full = isinstance(error, OSError) and error.errno in UNWRITABLE
        with suppress(OSError) if full else nullcontext():
            write_status(folder.path, status.finished("failed", _reason(folder)))
        if isinstance(error, OSError) and full:
            raise OSError(error.errno, error.strerror, error.filename or folder.path) from error
        log.exception("failed: %s: %s; see %s", type(error).__name__, error, folder.log)
        raise


def _reason(folder: RunFolder) -> str:
    """Return the traceback of what went wrong: here, or in the rank whose end broke this one."""
    own = traceback.format_exc()
    if not folder.rank_error.exists():
        return own
    traceback_of_rank = folder.rank_error.read_text(encoding="utf-8")
    folder.rank_error.unlink()
    return f"{own}\nbecause another rank had failed:\n{traceback_of_rank}"
