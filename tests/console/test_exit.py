"""Exit codes of programs, and output to a terminal that lacks some characters."""

import errno
import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest

from reviewlab.console.exit import (
    exit_on_input_error,
    handle_signals,
    install_handler,
    refuse_python,
    stop_signals,
    tidy_up_on_interrupt,
)
from reviewlab.exceptions import UNWRITABLE, InputError


def stream(encoding: str, errors: str = "strict") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors)


def shown(text: str, file: io.TextIOWrapper) -> bytes:
    """Return the bytes that a program writes to its stdout for `text`."""
    with exit_on_input_error([]):
        sys.stdout.write(text)
    file.flush()
    return file.buffer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("encoding", "bytes_"),
    [
        ("ascii", b"0.8 ? 0.1 ? ?"),
        ("latin-1", "0.8 ± 0.1 ? ü".encode("latin-1")),
        ("utf-8", "0.8 ± 0.1 😀 ü".encode()),
    ],
)
def test_what_a_terminal_cannot_show_is_replaced(
    encoding: str, bytes_: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", file := stream(encoding))
    assert shown("0.8 ± 0.1 😀 ü", file) == bytes_


def test_who_asked_for_another_replacement_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", file := stream("ascii", "xmlcharrefreplace"))
    assert shown("±", file) == b"&#177;"


def test_an_error_that_cannot_be_shown_is_one_line_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", file := stream("ascii"))
    with pytest.raises(SystemExit) as caught, exit_on_input_error([]):
        raise InputError("name: 'ümlaut'\nis not allowed")
    file.flush()
    assert caught.value.code == 2
    assert file.buffer.getvalue() == b"error: name: '?mlaut' is not allowed\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", sorted(UNWRITABLE))
def test_what_cannot_be_written_is_one_line(
    capsys: pytest.CaptureFixture[str], number: int
) -> None:
    with pytest.raises(SystemExit) as caught, exit_on_input_error([]):
        raise OSError(number, os.strerror(number), "out.csv")
    assert caught.value.code == 2
    assert capsys.readouterr().err == f"error: out.csv: {os.strerror(number)}\n"


def test_a_bug_is_no_line() -> None:
    with pytest.raises(OSError, match="Bad file"), exit_on_input_error([]):
        raise OSError(errno.EBADF, "Bad file descriptor")


def test_an_interrupt_ends_at_once_until_something_has_begun() -> None:
    before = signal.getsignal(signal.SIGINT)
    with exit_on_input_error([]):
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        tidy_up_on_interrupt()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(SystemExit) as caught, exit_on_input_error([]):
        raise KeyboardInterrupt
    assert caught.value.code == 130


def ignore(number: int, frame: FrameType | None) -> None:
    pass


def test_signals_are_handled_for_as_long_as_the_block_lasts() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with handle_signals({signal.SIGINT: ignore, signal.SIGTERM: ignore}):
        assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM) is ignore
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_nohup_keeps_a_program_alive_and_nothing_else_does() -> None:
    every = {signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP}
    with handle_signals(dict.fromkeys(every, signal.SIG_DFL)):
        assert {*stop_signals()} == every
    with handle_signals(dict.fromkeys(every, signal.SIG_IGN)):
        assert {*stop_signals()} == every - {signal.SIGHUP}


AT_EXIT = """
import atexit, os, signal, sys
from reviewlab.console.exit import exit_on_input_error, tidy_up_on_interrupt

class Late:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

with exit_on_input_error(None):
    atexit.register(os.kill, os.getpid(), signal.SIGINT) if sys.argv[1] == "early" else None
    late = Late()
    tidy_up_on_interrupt()
    raise KeyboardInterrupt
"""


@pytest.mark.parametrize("moment", ["early", "late"])
def test_a_second_interrupt_while_python_shuts_down_says_nothing(moment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_EXIT, moment], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_another_thread_changes_no_handler() -> None:
    def leave() -> object:
        with exit_on_input_error([]), handle_signals({signal.SIGTERM: ignore}):
            tidy_up_on_interrupt()
            install_handler(signal.SIGTERM, ignore)
            handlers.append(signal.getsignal(signal.SIGTERM))
            raise InputError("seed: -1")

    handlers = [signal.getsignal(signal.SIGTERM)]
    with ThreadPoolExecutor() as pool, pytest.raises(SystemExit, match="2"):
        pool.submit(leave).result()
    assert handlers == [signal.getsignal(signal.SIGTERM)] * 2


@pytest.mark.parametrize("version", [(3, 14), (3, 15), (4, 0)])
def test_a_python_that_hydra_does_not_start_on_is_one_line(version: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=r"^Python \d\.\d+: Hydra .*; allowed: Python 3\.11 to 3"):
        refuse_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 13)])
def test_all_others_are_fine(version: tuple[int, int]) -> None:
    refuse_python(version)
