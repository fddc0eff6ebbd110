"""A program that is struck at random moments is judged by what it has written in the end."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.chaos import programs
from tests.chaos.kills import STRIKES, judge_kills, plan, strikes
from tests.chaos.programs import Program
from tests.chaos.verdicts import Verdict

CARELESS = """
import time
from pathlib import Path

Path("result").write_text("")
time.sleep(0.5)
Path("result").write_text("whole")
"""
CAREFUL = """
import time
from pathlib import Path

time.sleep(0.5)
Path("draft").write_text("whole")
Path("draft").rename("result")
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)" + CAREFUL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def continued(cwd: Path) -> Sequence[str] | None:
    return None if (cwd / "result").exists() else ()


def contents(cwd: Path) -> programs.Contents:
    return {"result": (cwd / "result").read_text()}


PROGRAM = Program("small", (), continued, contents)


def judge(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Verdict]:
    (tmp_path / "script.py").write_text(script)
    monkeypatch.setattr(programs, "TRAIN", str(tmp_path / "script.py"))
    return judge_kills(sys.executable, PROGRAM, range(4), lambda verdict: None)


def test_a_program_that_loses_what_it_wrote_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [problem for v in judge(CARELESS, tmp_path, monkeypatch) for problem in v.problems]
    assert ("lost", "result") in found


@pytest.mark.parametrize("script", [CAREFUL, STUBBORN])
def test_a_program_that_loses_nothing_has_no_problem(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = judge(script, tmp_path, monkeypatch)
    kinds = {kind for v in verdicts for kind, text in v.problems if "KeyboardInterrupt" not in text}
    assert not kinds
    assert 4 <= strikes(verdicts) <= 4 * STRIKES


def test_the_number_of_a_case_repeats_its_strikes() -> None:
    assert plan(7) == plan(7) != plan(8)
    assert len(plan(7)) == STRIKES
