"""Output that nobody takes is dropped, and the program goes on."""

import errno
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.console.streams import (
    LenientFile,
    product_stream,
    stderr_held,
    unwritable_dropped,
)

TALKING = """
import sys
from pathlib import Path
from reviewlab.console.exit import exit_on_input_error
with exit_on_input_error(None):
    for _ in range(2000):
        print("a long line that fills the buffers of a pipe sooner or later")
        print("and another one", file=sys.stderr)
    Path(sys.argv[1]).write_text("done")
"""

CLOSED = """
import os, sys
from pathlib import Path
from reviewlab.console.streams import prepare_streams
prepare_streams()
with open(sys.argv[1], "w") as file:
    print("one")
    print("two", file=sys.stderr)
    os.write(1, b"three")
    os.write(2, b"four")
    file.write(f"{sys.stdin.read()}{file.fileno()}")
"""

PRODUCT = """
from reviewlab.console.exit import exit_on_input_error
from reviewlab.console.streams import product_stream
with exit_on_input_error(None), product_stream() as stream:
    while True:
        stream.write(b"text,prediction\\n")
"""


@pytest.fixture
def no_reader() -> Iterator[int]:
    """The writing end of a pipe whose reader has ended."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def shell(command: str, code: str, *arguments: Path) -> "subprocess.CompletedProcess[str]":
    """Run Python code with the redirections of a shell command, in which `$@` stands for it."""
    return subprocess.run(
        ["bash", "-c", command, "bash", sys.executable, "-c", code, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("flags", ["", "PYTHONUNBUFFERED=1"])
@pytest.mark.parametrize("redirection", ["2>&1 | head -1", "2> >(true) | true"])
def test_a_reader_that_goes_away_ends_no_program(
    redirection: str, flags: str, tmp_path: Path
) -> None:
    done = shell(f'set -o pipefail; {flags} "$@" {redirection}', TALKING, tmp_path / "end")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "end").read_text() == "done"


def test_a_full_disk_under_stdout_is_told_at_the_end(tmp_path: Path) -> None:
    done = shell('"$@" > /dev/full', TALKING, tmp_path / "end")
    assert done.returncode == 2
    assert (tmp_path / "end").read_text() == "done"
    last = done.stderr.splitlines()[-1]
    assert last == "error: stdout: No space left on device; some of what was printed is lost"


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "<&-"])
def test_a_closed_stream_is_not_mistaken_for_a_file(streams: str, tmp_path: Path) -> None:
    done = shell(f'"$@" {streams}', CLOSED, tmp_path / "file")
    assert done.returncode == 0
    assert int((tmp_path / "file").read_text()) > 2


def test_a_table_on_stdout_ends_with_its_reader() -> None:
    done = shell('set -o pipefail; "$@" | head -1', PRODUCT)
    assert (done.returncode, done.stdout, done.stderr) == (141, "text,prediction\n", "")
    done = shell('"$@" > /dev/full', PRODUCT)
    assert (done.returncode, done.stderr) == (2, "error: writing: No space left on device\n")


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=20))
def test_what_can_be_written_arrives(parts: list[bytes]) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as pipe, LenientFile(writer, "wb") as file:
        assert [file.write(part) for part in parts] == [*map(len, parts)]
        file.close()
        assert pipe.read() == b"".join(parts)


def test_a_full_pipe_is_waited_for_even_if_it_does_not_block() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    text = b"x" * 1_000_000
    with os.fdopen(reader, "rb") as pipe, io.BufferedWriter(LenientFile(writer, "wb")) as file:
        read: list[bytes] = []
        thread = threading.Thread(target=lambda: read.append(pipe.read(len(text))))
        thread.start()
        file.write(text)
        file.flush()
        thread.join()
    assert read == [text]


def test_only_a_reader_that_went_away_is_no_error(no_reader: int) -> None:
    file = LenientFile(no_reader, "wb", closefd=False)
    assert (file.write(b"lost"), file.error) == (4, None)
    with Path("/dev/full").open("wb", buffering=0) as full:
        file = LenientFile(full.fileno(), "wb", closefd=False)
        assert file.write(memoryview(b"lost")) == 4
    assert file.error is not None
    assert file.error.errno == errno.ENOSPC


def test_held_output_arrives_at_the_end_unless_the_block_fails(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with stderr_held():
        os.write(2, b"kept\n")
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "kept\n"
    with pytest.raises(ValueError, match="it"), stderr_held():
        os.write(2, b"dropped\n")
        raise ValueError("it")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_streams_that_a_host_has_replaced_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", own := io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(sys, "stderr", None)
    with unwritable_dropped():
        assert sys.stdout is own
        assert sys.stderr is None
    with product_stream() as stream:
        assert stream is own.buffer
