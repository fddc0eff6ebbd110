"""The command `reviewlab`: its subcommands, its help and its errors."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import environment, read, runs
from tests.forked import python

from reviewlab.cli.main import SUBCOMMANDS, main


def reviewlab(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m reviewlab` in a new folder."""
    command = [python(), "-m", "reviewlab", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment(cwd), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(arguments)
    lines = capsys.readouterr().out.splitlines()
    for name, command in SUBCOMMANDS.items():
        assert f"  {name:10}{command.summary}" in lines
    assert max(map(len, lines)) < 80


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    assert capsys.readouterr().out == f"reviewlab {version('reviewlab')}\n"


def test_a_wrong_word_is_one_line(refused: Callable[..., str]) -> None:
    assert "no command 'trian'; did you mean 'train'? allowed: demo, " in refused(main, ["trian"])
    assert "no command 'data=imdb'; allowed: " in refused(main, ["data=imdb"])


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_command_shows_how_it_is_started(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/reviewlab", name, "--help"])
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    try:
        main([name, "--help"])
    except SystemExit as end:
        assert not end.code
    assert f"/usr/bin/reviewlab {name}" in capsys.readouterr().out


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_command_takes_a_command_line(name: str, refused: Callable[..., str]) -> None:
    command: Any = importlib.import_module(SUBCOMMANDS[name].module)
    refused(command.main, ["nonsense"])


def test_the_help_imports_neither_torch_nor_hydra() -> None:
    code = (
        "import sys; from reviewlab.cli.main import main; main(['--help']);"
        "sys.exit(bool({'torch', 'hydra', 'importlib.metadata'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, stdout=-3).returncode == 0


def test_a_run_leaves_its_folder_here_and_prints_what_to_do_next(tmp_path: Path) -> None:
    done = reviewlab(tmp_path, "train", "data.reviews=200", "trainer.max_epochs=1")
    assert done.returncode == 0, done.stderr
    [folder] = runs(tmp_path)
    argv = read(folder / "provenance.json")["argv"]
    assert argv[1:] == ["train", "data.reviews=200", "trainer.max_epochs=1"]
    out = done.stdout.replace("\\\n    ", "")
    [predict] = [line for line in out.splitlines() if "text=" in line]
    assert " -m reviewlab predict checkpoint=outputs/runs/" in predict
    again = subprocess.run(
        predict, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("prediction: ")
