"""A run that fails reports it in its status and its log."""

import errno
import os
import signal
from pathlib import Path

import pytest

from reviewlab.callbacks import Checkpoints, Interrupted, Interruption
from reviewlab.exceptions import InputError
from reviewlab.running.failures import log_early_failure, record_failure
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import Status, read_status, write_end

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


def test_a_second_interrupt_does_not_keep_it_from_being_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(*arguments: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
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


def test_a_full_disk_names_what_could_not_be_written(tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError) as raised, record_failure(RunFolder(tmp_path), BEGUN):
        raise error
    assert raised.value.filename == tmp_path
    with pytest.raises(OSError) as raised, record_failure(RunFolder(tmp_path / "gone"), BEGUN):
        raise OSError(errno.ENOSPC, "No space left on device", "last.ckpt")
    assert raised.value.filename == "last.ckpt"  # the status could not be written either


def test_only_our_own_mistakes_are_logged_early(caplog: pytest.LogCaptureFixture) -> None:
    for error in (InputError("seed: -1"), OSError("disk"), Interrupted(2)):
        with pytest.raises(type(error)), log_early_failure():
            raise error
    assert caplog.messages == []
    with pytest.raises(ValueError, match="two"), log_early_failure():
        raise ValueError("two\nlines")
    assert caplog.messages == ["failed: ValueError: two lines; debug=traceback shows where"]
