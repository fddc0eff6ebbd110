"""Run the programs within the process of the test, where everything is imported already."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import SCRIPT, Done, runs

from reviewlab.cli.train import main


@pytest.fixture
def train_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """`train_here(cwd, *arguments)` is `processes.train` without a new process."""

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


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`refused(command, *arguments)` returns the line with which a command refuses them."""

    def run(command: Callable[..., Any], *arguments: str, **options: Any) -> str:
        with pytest.raises(SystemExit) as caught:
            command(*arguments, **options)
        out, err = capsys.readouterr()
        assert caught.value.code == 2
        assert out == ""
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        return err

    return run
