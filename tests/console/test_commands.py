"""Printed commands begin like the one that started the process."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlab.console.commands import (
    STARTED_BY,
    command,
    fit_command,
    hand_on,
    shell_path,
    tensorboard,
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an environment that is not activated."""
    made = tmp_path / "my checkout"
    made.mkdir()
    monkeypatch.chdir(made)
    monkeypatch.setattr(sys, "argv", ["scripts/evaluate.py", "checkpoint=best.ckpt"])
    monkeypatch.delenv(STARTED_BY, raising=False)
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
        assert command("train") == ".venv/bin/python scripts/train.py"
        board = tensorboard(here / "outputs" / "runs")
        assert board == ".venv/bin/tensorboard --logdir outputs/runs"
        activate(here / ".venv", monkeypatch)


def test_one_that_lies_elsewhere_is_named_where_that_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = environment(tmp_path / "my other")
    monkeypatch.setattr(sys, "executable", other)
    assert shlex.split(command("train")) == [other, "scripts/train.py"]
    assert shlex.split(tensorboard(Path("/data")))[0] == str(Path(other).with_name("tensorboard"))
    activate(tmp_path / "my other", monkeypatch)
    assert command("train") == "python scripts/train.py"
    assert tensorboard(Path("/data/runs")) == "tensorboard --logdir /data/runs"


def test_the_python_that_an_environment_links_to_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "linked" / "python"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "usr" / "bin" / "python")
    monkeypatch.setattr(sys, "executable", str(link))
    assert shlex.split(command("train"))[0] == str(link)


def test_programs_that_do_not_lie_beside_their_python_are_started_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usr" / "bin" / "tensorboard").unlink()
    python = str(tmp_path / "usr" / "bin" / "python")
    monkeypatch.setattr(sys, "executable", python)
    start, logs = tensorboard(Path("/data/runs")).split(" --logdir ")
    assert start.endswith("python -m tensorboard.main")
    assert logs == "/data/runs"


def test_a_shell_reads_a_path_as_one_word(here: Path) -> None:
    assert shell_path(here / "my runs") == "'my runs'"


BASH = shutil.which("bash")


@pytest.mark.skipif(BASH is None, reason="the system has no bash")
@pytest.mark.parametrize("name", ["a\nb", "it's\x1b[2J \\n", "\t\u202eé", "\udcff\r"])
def test_bash_reads_a_path_that_would_control_the_terminal(here: Path, name: str) -> None:
    quoted = shell_path(here / name)
    assert not {*"\n\t\r\x1b\u202e\udcff"} & {*quoted}
    assert BASH is not None
    done = subprocess.run([BASH, "-c", f"printf %s {quoted}"], capture_output=True, check=True)
    assert os.fsdecode(done.stdout) == name


def test_a_script_is_named_by_its_place_where_this_folder_is_no_checkout(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(here / "scripts" / "train.py")])
    monkeypatch.chdir(tmp_path / "usr")
    assert shlex.split(command("predict"))[1] == str(here / "scripts" / "predict.py")


def test_the_installed_command_names_itself(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = here / ".venv" / "bin" / "reviewlab"
    installed.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(installed), "train", "seed=1"])
    assert command("predict") == ".venv/bin/reviewlab predict"
    monkeypatch.chdir(tmp_path)
    assert shlex.split(command("sweep")) == ["my checkout/.venv/bin/reviewlab", "sweep"]
    activate(here / ".venv", monkeypatch)
    monkeypatch.chdir(tmp_path / "usr")
    assert command("sweep") == "reviewlab sweep"


def test_a_module_is_started_as_one_wherever_the_package_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for started_by in (tmp_path / "reviewlab" / "__main__.py", tmp_path / "notebook.py"):
        monkeypatch.setattr(sys, "argv", [str(started_by)])
        assert command("train") == ".venv/bin/python -m reviewlab train"


def test_a_process_says_what_the_one_that_started_it_would_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = command("train")
    monkeypatch.setenv(STARTED_BY, "")
    hand_on()
    for started in ("/site-packages/submitit/core/_submit.py", "/launching/job_entry.py"):
        monkeypatch.setattr(sys, "argv", [started])
        assert command("train") == expected


LONG = f"""python train.py checkpoint='{"a b" * 9}' text="slow start, but worth it" lr=1"""


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("width", [60, 80])
def test_a_long_command_is_broken_so_that_a_shell_reads_the_same(indent: str, width: int) -> None:
    fitted = fit_command(LONG, indent, width)
    lines = fitted.splitlines()
    assert len(lines) > 1 and max(map(len, lines)) <= width
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert all(line.startswith(f"{indent}  ") for line in lines[1:])
    assert shlex.split(fitted.replace("\\\n", "")) == shlex.split(LONG)


def test_a_command_that_fits_stays_on_its_line() -> None:
    assert fit_command("python train.py") == "  python train.py"
    word = "x" * 100
    assert fit_command(f"a {word} b").splitlines() == ["  a \\", f"    {word} \\", "    b"]
