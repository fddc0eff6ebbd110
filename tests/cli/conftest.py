"""Starts the programs within the test's own process, where nothing has to be imported again."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.processes import SCRIPT, Done, runs

from reviewlab.app.train import main


@pytest.fixture
def train_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """`train_here(cwd, *arguments)` is `processes.train`, without the process."""

    def run(cwd: Path, *arguments: str) -> Done:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", [SCRIPT, *arguments])
        code = 0
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        return Done(code, *capsys.readouterr(), runs(cwd))

    return run
