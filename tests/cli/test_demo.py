"""`reviewlab demo` runs the commands that it shows: a run and a sweep."""

from collections.abc import Callable
from typing import Any

import pytest

from reviewlab.cli import demo
from reviewlab.console.commands import command


def test_it_does_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[Any] = []
    monkeypatch.setattr(demo.train, "main", trained.append)
    demo.main([])
    assert [" ".join(arguments) for arguments in trained] == ["experiment=demo", "-m sweep=demo"]
    assert f"{command('train')} -m sweep=demo\n" in capsys.readouterr().out
    demo.main(["--help"])
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert shown == [f"    {command('train')} {' '.join(words)}" for words in trained]


def test_settings_belong_to_train(refused: Callable[..., str]) -> None:
    remedy = f"run {command('train')} experiment=demo seed=1\n"
    assert refused(demo.main, ["seed=1"]).endswith(remedy)
