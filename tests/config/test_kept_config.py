"""The config of a run folder, and the changes that a command line makes."""

from pathlib import Path
from typing import Any

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.kept_config import Verb, read_changes, read_config
from reviewlab.exceptions import InputError
from reviewlab.running.rerun import rerun_config
from reviewlab.running.resume import resumed_config
from reviewlab.runs.folder import RunFolder

RESUME = Verb("resume", "a larger budget")
CONFIG: dict[str, Any] = {"seed": 0, "model": {"dropout": 0.1}, "trainer": {"max_epochs": 3}}


@pytest.mark.parametrize("content", ["a: [", "- 1\n", ""])
def test_a_damaged_config_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.yaml").write_text(content)
    with pytest.raises(InputError, match=f"^resume: {tmp_path}/config.yaml: ") as raised:
        read_config(RunFolder(tmp_path), RESUME)
    assert "\n" not in str(raised.value)


def test_changes_are_keys_with_one_new_value() -> None:
    argv = ["trainer.max_epochs=5", "seed=1", "debug=traceback"]
    assert [*read_changes(argv, CONFIG, RESUME)] == [("trainer.max_epochs", 5), ("seed", 1)]


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("-m", "resume: cannot be combined with -m; allowed: a larger budget"),
        ("--config-dir=x", "resume reads the complete config from the run folder's config.yaml"),
        ("model=gru", "model"),
        ("seed=1,2", "seed"),
        ("~model", "model"),
        ("seed", "seed"),
    ],
)
def test_anything_else_is_refused(argument: str, line: str) -> None:
    with pytest.raises(InputError, match=line):
        [*read_changes([argument], CONFIG, RESUME)]


@pytest.mark.parametrize(
    "content",
    [
        "a: " + "[" * 50_000,
        "a: &a [*a]",
        f"{'k' * 5000}: 1",
        "seed: " + "1" * 5000,
        "seed: 2026-01-01",
        "model: [1, 2]",
        "trainer: 5",
        "callbacks: x",
        "data: !!set {a}",
    ],
)
@pytest.mark.parametrize("verb", ["resume", "rerun"])
def test_a_hostile_config_is_refused_in_a_short_line(
    tmp_path: Path, verb: str, content: str
) -> None:
    (tmp_path / "config.yaml").write_text(content)
    folder = RunFolder(tmp_path)
    with pytest.raises(InputError) as raised:
        check_config(resumed_config(folder, []) if verb == "resume" else rerun_config(folder, []))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 1000
