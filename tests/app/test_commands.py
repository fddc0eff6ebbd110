"""The beginning of commands that are printed."""

import sys
from pathlib import Path

import pytest

from reviewlab.app.commands import python, tensorboard, typed


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    return tmp_path


def test_an_environment_in_this_folder_need_not_be_activated(here: Path) -> None:
    assert python("train") == ".venv/bin/python scripts/train.py"
    board = tensorboard(here / "outputs" / "runs")
    assert board == ".venv/bin/tensorboard --logdir outputs/runs"


def test_one_that_lies_elsewhere_is_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/conda/bin/python3")
    assert python("train") == "python3 scripts/train.py"
    assert tensorboard(Path("/data/runs")) == "tensorboard --logdir /data/runs"


def test_a_shell_reads_a_path_as_one_word(here: Path) -> None:
    assert typed(here / "my runs") == "'my runs'"
