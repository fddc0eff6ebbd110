"""Hydra's help has lines that fit, and commands that work in this folder."""

import shlex
import sys
from pathlib import Path

import pytest

from reviewlab.config.help import show_help


@pytest.fixture
def shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Return the lines of a help text of the installed command."""
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "an environment" / "bin" / "reviewlab")])
    monkeypatch.chdir(Path(__file__).parent)
    with show_help():
        sys.stdout.write('Examples:\n    python scripts/predict.py text="slow, but good" a=1\n')
        sys.stdout.write(f"model: {', '.join(f'model_{n}' for n in range(30))}\n")
    return capsys.readouterr().out.splitlines()


def test_a_command_is_that_of_the_program_that_was_asked(shown: list[str], tmp_path: Path) -> None:
    command = "\n".join(line for line in shown[1:] if not line.lstrip().startswith("model"))
    program = str(tmp_path / "an environment" / "bin" / "reviewlab")
    assert shlex.split(command.replace("\\\n", "")) == [
        program,
        "predict",
        "text=slow, but good",
        "a=1",
    ]


def test_lists_are_wrapped(shown: list[str]) -> None:
    wrapped = [line for line in shown if "model" in line]
    assert len(wrapped) > 2
    assert max(map(len, wrapped)) <= 79
