"""Messages on the console and in the log file, and those that are hidden."""

import errno
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewlab.console.logs import LIGHTNING, ROOT, Record, least_level, silence


@pytest.fixture
def speaking() -> Iterator[logging.Logger]:
    """Set up our logger for log files only."""
    level, propagate = ROOT.level, ROOT.propagate
    ROOT.setLevel(logging.INFO)
    yield ROOT
    ROOT.setLevel(level)
    ROOT.propagate = propagate


def test_a_log_that_cannot_be_written_is_an_error_and_no_traceback(
    speaking: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OSError) as raised, Record() as record:
        record.keep(Path("/dev/full"))
        speaking.info("lost")
    assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, "/dev/full")
    assert capfd.readouterr() == ("", "")


def test_lightning_says_nothing_but_errors_while_something_is_tried_out() -> None:
    loggers = [logging.getLogger(name) for name in LIGHTNING]
    before = [logger.level for logger in loggers]
    with pytest.raises(ValueError, match="broken"), silence():
        assert not any(logger.isEnabledFor(logging.WARNING) for logger in loggers)
        assert all(logger.isEnabledFor(logging.ERROR) for logger in loggers)
        raise ValueError("broken")
    assert [logger.level for logger in loggers] == before


def test_warnings_are_kept_back_and_come_again_behind_it() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with silence():
            warnings.warn("kept back", stacklevel=1)
        warnings.warn("said", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["said"]


def test_only_the_loggers_that_are_named_are_quieter(speaking: logging.Logger) -> None:
    other = logging.getLogger("somebody.else")
    other.setLevel(logging.INFO)
    with least_level(logging.WARNING, [speaking.name]):
        assert not speaking.isEnabledFor(logging.INFO)
        assert other.isEnabledFor(logging.INFO)
    assert speaking.isEnabledFor(logging.INFO)


def test_what_was_said_before_there_was_a_file_stands_in_it(
    speaking: logging.Logger, tmp_path: Path
) -> None:
    handlers = [*speaking.handlers]
    with Record() as record:
        speaking.info("before")
        record.keep(tmp_path / "train.log")
        speaking.info("after")
    speaking.info("too late")
    lines = (tmp_path / "train.log").read_text().splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == ["before", "after"]
    assert speaking.handlers == handlers


def test_a_record_that_was_given_no_file_leaves_nothing(speaking: logging.Logger) -> None:
    handlers = [*speaking.handlers]
    with Record():
        speaking.info("said")
    assert speaking.handlers == handlers
