"""Whether the process of a run still exists."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.until import until

from reviewlab.runs.process import process_exists

LONG_AGO = time.time() - 3600


def test_a_process_exists_until_it_is_killed_even_if_nobody_waits_for_it() -> None:
    with subprocess.Popen(["sleep", "100"]) as process:
        assert process_exists(process.pid, time.time())
        assert process_exists(process.pid, None)
        process.kill()
        until(lambda: not process_exists(process.pid, None), "its end")  # it is a zombie now
        process.wait()
    assert not process_exists(process.pid, None)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_another_process_with_its_id_is_not_it() -> None:
    assert process_exists(os.getpid(), time.time())
    assert not process_exists(os.getpid(), LONG_AGO)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_name_of_a_program_cannot_confuse_it(tmp_path: Path) -> None:
    program = tmp_path / "a) Z 1 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([str(program), "100"]) as process:
        until(lambda: b"a) Z" in Path(f"/proc/{process.pid}/stat").read_bytes(), "its start")
        assert process_exists(process.pid, time.time())
        assert not process_exists(process.pid, LONG_AGO)
        process.kill()


@pytest.mark.parametrize("pid", [0, -1, -os.getpid()], ids=["0", "-1", "group"])
def test_an_id_of_no_process_is_not_looked_up(pid: int) -> None:
    assert process_exists(pid, LONG_AGO)


@given(st.integers(), st.none() | st.floats())
def test_any_numbers_have_an_answer(pid: int, since: float | None) -> None:
    assert process_exists(pid, since) in (True, False)


def test_no_process_is_looked_up_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """`os.kill` would end it there."""
    monkeypatch.setattr(os, "kill", None)
    monkeypatch.setattr(sys, "platform", "win32")
    assert process_exists(1234, LONG_AGO)
