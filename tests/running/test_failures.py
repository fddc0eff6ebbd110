"""A run that fails reports it in its status and its log."""

import errno
import os
import re
import signal
import threading
from pathlib import Path

import pytest

from reviewlab.callbacks import Checkpoints, Interrupted, Interruption
from reviewlab.exceptions import DISK_FAILURES, InputError
from reviewlab.running.failures import log_early_failure, raise_thread_errors, record_failure
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, read_status, write_end, write_status

BEGUN = Status("queued").begun()


def fail(folder: Path, error: BaseException) -> Status:
    with pytest.raises(type(error)), record_failure(RunFolder(folder), BEGUN):
        raise error
    return read_status(folder)


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Interrupted(15), "preempted", "stopped by SIGTERM"),
        (InputError("data: is gone"), "failed", "data: is gone"),
        (KeyError("train"), "failed", "KeyError: 'train'"),
        (KeyboardInterrupt("now"), "failed", "KeyboardInterrupt: now"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_status_says_how_a_run_ended(
    error: BaseException, state: str, reason: str, tmp_path: Path
) -> None:
    status = fail(tmp_path, error)
    assert (status.state, status.reason, status.attempts) == (state, reason, 1)


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGUSR1])
def test_a_second_interrupt_does_not_keep_it_from_being_recorded(
    second: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(*arguments: object) -> None:
        os.kill(os.getpid(), second)
        write_end(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("reviewlab.running.failures.write_end", impatient)
    with Interruption(Checkpoints()).watch():
        status = fail(tmp_path, Interrupted(signal.SIGINT))
    assert (status.state, status.reason) == ("preempted", "stopped by SIGINT")


def test_the_rank_that_broke_another_one_is_told_once(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.rank_error.write_text("Traceback of the rank\nValueError: of the rank", encoding="utf-8")
    status = fail(tmp_path, RuntimeError("a rank is gone"))
    assert status.error is not None
    assert "RuntimeError: a rank is gone\n\nbecause another rank had failed:" in status.error
    assert status.reason == "ValueError: of the rank"
    assert not folder.rank_error.exists()


@pytest.mark.parametrize("number", sorted(DISK_FAILURES))
def test_a_disk_that_fails_is_one_line_with_what_to_do(tmp_path: Path, number: int) -> None:
    write_status(tmp_path, BEGUN)
    with pytest.raises(OSError) as raised, record_failure(RunFolder(tmp_path), BEGUN):
        raise OSError(number, "the disk fails")
    assert (raised.value.errno, raised.value.filename) == (number, tmp_path)
    remedy = f"the disk fails; once this is fixed, continue with: .* resume={tmp_path}"
    assert re.fullmatch(remedy, str(raised.value.strerror))
    assert read_status(tmp_path).state == "failed"


def test_a_run_that_could_not_begin_leaves_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(OSError) as raised, record_failure(RunFolder(tmp_path), BEGUN):
        raise OSError(errno.ENOSPC, "No space left on device", "config.yaml")
    assert str(raised.value) == "[Errno 28] No space left on device: 'config.yaml'"
    assert not [*tmp_path.iterdir()]


def write_in_a_thread(error: Exception) -> None:
    def write() -> None:
        raise error

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def test_a_writers_error_is_raised_and_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="No space left"), raise_thread_errors():
        write_in_a_thread(full)
    with pytest.raises(KeyError), raise_thread_errors():
        write_in_a_thread(full)
        raise KeyError  # what failed first, as far as the run knows
    assert capfd.readouterr() == ("", "")


def test_other_errors_of_threads_are_printed_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda failed: printed.append(failed.exc_value))
    error = ValueError("a mistake")
    with raise_thread_errors():
        write_in_a_thread(error)
    assert printed == [error]


def test_only_our_own_mistakes_are_logged_early(caplog: pytest.LogCaptureFixture) -> None:
    for error in (InputError("seed: -1"), OSError("disk"), Interrupted(2)):
        with pytest.raises(type(error)), log_early_failure():
            raise error
    assert caplog.messages == []
    with pytest.raises(ValueError, match="two"), log_early_failure():
        raise ValueError("two\nlines")
    assert caplog.messages == ["failed: ValueError: two lines; debug=traceback shows where"]
