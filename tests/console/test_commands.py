"""The beginning of commands that are printed."""

import shlex
import sys
from pathlib import Path

import pytest

from reviewlab.console.commands import python, shell_path, tensorboard


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an environment that is not activated."""
    made = tmp_path / "my checkout"
    made.mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setattr(sys, "executable", environment(made / ".venv"))
    monkeypatch.setenv("PATH", environment(tmp_path / "usr").removesuffix("/python"))
    return made


def environment(folder: Path) -> str:
    """Its Python."""
    for name in ("python", "tensorboard"):
        program = folder / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.touch(mode=0o755)
    return str(folder / "bin" / "python")


def activate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=":")


def test_an_environment_in_this_folder_need_not_be_activated(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert python("train") == ".venv/bin/python scripts/train.py"
        board = tensorboard(here / "outputs" / "runs")
        assert board == ".venv/bin/tensorboard --logdir outputs/runs"
        activate(here / ".venv", monkeypatch)


def test_one_that_lies_elsewhere_is_named_where_that_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = environment(tmp_path / "my other")
    monkeypatch.setattr(sys, "executable", other)
    assert shlex.split(python("train")) == [other, "scripts/train.py"]
    assert shlex.split(tensorboard(Path("/data")))[0] == str(Path(other).with_name("tensorboard"))
    activate(tmp_path / "my other", monkeypatch)
    assert python("train") == "python scripts/train.py"
    assert tensorboard(Path("/data/runs")) == "tensorboard --logdir /data/runs"


def test_the_python_that_an_environment_links_to_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "linked" / "python"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "usr" / "bin" / "python")
    monkeypatch.setattr(sys, "executable", str(link))
    assert shlex.split(python("train"))[0] == str(link)


def test_programs_that_do_not_lie_beside_their_python_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usr" / "bin" / "tensorboard").unlink()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "usr" / "bin" / "python"))
    assert tensorboard(Path("/data/runs")) == "tensorboard --logdir /data/runs"


def test_a_shell_reads_a_path_as_one_word(here: Path) -> None:
    assert shell_path(here / "my runs") == "'my runs'"
