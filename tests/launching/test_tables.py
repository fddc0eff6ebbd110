"""A signal that comes before a sweep's tables are written."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from reviewlab.launching.tables import tables_told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_it_is_named_with_the_command_that_writes_them(
    number: signal.Signals, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as caught, tables_told(tmp_path / "a sweep"):
        os.kill(os.getpid(), number)
    assert caught.value.code == 128 + number
    assert signal.getsignal(number) is before
    printed = "".join(capsys.readouterr())
    assert printed.startswith(f"stopped by {number.name} before the tables were written; ")
    assert f" report '{tmp_path}/a sweep'" in printed.replace("\\\n    ", "")


def test_other_errors_pass_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError, match="full"), tables_told(tmp_path):
        raise OSError("full")
    assert "".join(capsys.readouterr()) == ""


def test_it_is_named_though_native_code_replaces_the_exception(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As matplotlib does: a signal while it draws becomes `ValueError: Invalid bounding box`."""
    with pytest.raises(SystemExit) as caught, tables_told(tmp_path):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except SystemExit:
            raise ValueError("Invalid bounding box") from None
    assert caught.value.code == 128 + signal.SIGTERM
    assert "".join(capsys.readouterr()).startswith("stopped by SIGTERM before the tables")


def test_it_is_named_though_other_code_swallows_the_exception(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught, tables_told(tmp_path), suppress(SystemExit):
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 128 + signal.SIGTERM
