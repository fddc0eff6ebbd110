"""A run whose files cannot be written ends clearly, and is continued without a loss."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from tests.chaos.campaign import KINDS, Verdict, format_table
from tests.chaos.programs import ROOT

FILES = ["checksums.json", "provenance.json", "events.out", "last.ckpt", "status.json"]


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)
def test_a_call_on_each_kind_of_file_fails() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_XDIST_TESTRUNUID"}
    arguments = ["--programs", "run", "--errors", "ENOSPC", "--files", *FILES]
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.campaign", *arguments],
        cwd=ROOT,
        env={**environment, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    titles, counts = done.stdout.splitlines()
    assert titles.split() == ["program", "error", "calls", *KINDS]
    assert re.fullmatch(rf"run +ENOSPC +{len(FILES)}( +0){{{len(KINDS)}}}", counts)


def test_the_table_counts_a_call_once_in_each_column() -> None:
    bad = Verdict("3 open /a", [("left", "a.tmp"), ("left", "b.tmp"), ("hung", "")])
    lines = format_table({("run", "EIO"): [Verdict("2 open /b", []), bad]}).splitlines()
    assert lines[1].split() == ["run", "EIO", "2", "0", "0", "0", "1", "1", "0"]
    assert lines[2:] == [
        "run EIO 3 open /a: left: a.tmp",
        "run EIO 3 open /a: left: b.tmp",
        "run EIO 3 open /a: hung: ",
    ]
