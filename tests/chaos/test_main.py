"""Runs and sweeps that are disturbed end clearly and lose nothing: a few cases of each part."""

import os
import shutil
import subprocess
import sys

import pytest
from tests.chaos.__main__ import SHORT_FILES, SHORT_SEEDS, SHORT_SUBJECTS
from tests.chaos.programs import ROOT
from tests.chaos.verdicts import KINDS


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)
def test_a_few_cases_of_each_part_come_out_well() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_XDIST_TESTRUNUID"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--short"],
        cwd=ROOT,
        env={**environment, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    titles, *rows = [line.split() for line in done.stdout.splitlines()]
    assert " ".join(titles) == f"part subject cases {' '.join(KINDS)}"
    assert {row[0] for row in rows} == {*SHORT_SUBJECTS}
    assert all(row[-len(KINDS) :] == ["0"] * len(KINDS) for row in rows)
    cases = {
        part: sum(int(r[-len(KINDS) - 1]) for r in rows if r[0] == part) for part in SHORT_SUBJECTS
    }
    assert cases == {"calls": len(SHORT_FILES), **SHORT_SEEDS}
