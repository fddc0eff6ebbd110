"""A finished run is resumed only if there is something left to train."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.running.resume import resumed_config
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.status import Status, write_status

REASON = "stopped early after epoch 3 of 8: val/loss did not improve in 1 epoch"
PATIENCE = ["callbacks=early_stopping", "callbacks.early_stopping.patience=1"]


def finished(folder: Path, overrides: list[str], **result: Any) -> RunFolder:
    """The folder of a finished run."""
    made = RunFolder(folder)
    made.write_config(compose_config("train", overrides))
    write_status(made.path, Status("running", 1).finished("done"))
    write_result(made.path, {"curves": [{"step": 10}, {"step": 20}, {"step": 30}], **result})
    return made


def refusal(folder: RunFolder, *argv: str) -> str:
    with pytest.raises(InputError) as raised:
        resumed_config(folder, argv)
    return str(raised.value)


@pytest.mark.parametrize(
    "argv", [[], ["trainer.max_epochs=99"], ["callbacks.early_stopping.patience=9"]]
)
def test_a_run_that_stopped_early_says_why_it_cannot_go_on(tmp_path: Path, argv: list[str]) -> None:
    folder = finished(tmp_path, [*PATIENCE, "trainer.max_epochs=8"], stopped_early=REASON)
    assert refusal(folder, *argv) == (
        f"resume: '{folder.path}' {REASON}; start a new run with more patience: "
        f"rerun={folder.path} callbacks.early_stopping.patience=2"
    )


@pytest.mark.parametrize(
    ("limits", "is_early"),
    [
        (["trainer.max_epochs=8"], True),
        (["trainer.max_epochs=3"], False),
        (["trainer.max_epochs=8", "trainer.max_steps=30"], False),
        (["trainer.max_epochs=8", "trainer.max_time=00:01:00:00"], False),
    ],
)
def test_results_of_earlier_versions_do_not_say_it(
    tmp_path: Path, limits: list[str], is_early: bool
) -> None:
    folder = finished(tmp_path, [*PATIENCE, *limits])
    assert ("stopped early after epoch 3 of 8; start" in refusal(folder)) == is_early


@pytest.mark.parametrize(
    ("kept", "more", "allowed"),
    [
        ("trainer.max_epochs=3", "trainer.max_steps=99", "trainer.max_epochs=6, or any larger"),
        ("trainer.max_steps=30", "trainer.max_epochs=99", "trainer.max_steps=60, or any larger"),
        ("trainer.max_steps=30", "trainer.max_time=01:00:00:00", "trainer.max_steps=60, or any"),
        (
            "trainer.max_time=00:01:00:00",
            "trainer.max_time=00:00:59:00",
            "a longer trainer.max_time than 00:01:00:00",
        ),
        ("trainer.max_time=00:01:00:00", "trainer.max_epochs=99", "a longer trainer.max_time than"),
    ],
)
def test_only_the_limit_that_ended_it_helps(
    tmp_path: Path, kept: str, more: str, allowed: str
) -> None:
    assert f"raise the budget; allowed: {allowed}" in refusal(finished(tmp_path, [kept]), more)


@pytest.mark.parametrize(
    ("kept", "more"),
    [
        ("trainer.max_epochs=3", "trainer.max_epochs=6"),
        ("trainer.max_steps=30", "trainer.max_steps=60"),
        ("trainer.max_time=00:01:00:00", "trainer.max_time=00:01:00:01"),
    ],
)
def test_what_is_advised_works(tmp_path: Path, kept: str, more: str) -> None:
    resumed_config(finished(tmp_path, [kept]), [more])


@pytest.mark.parametrize("limit", [2, 6])
def test_fewer_epochs_than_were_trained_are_refused(tmp_path: Path, limit: int) -> None:
    folder = RunFolder(tmp_path)
    folder.write_config(compose_config("train", ["trainer.max_epochs=100"]))
    write_status(tmp_path, replace(Status("preempted", 1), epoch=7, step=70))
    assert refusal(folder, f"trainer.max_epochs={limit}") == (
        f"trainer.max_epochs: {limit} is less than the 7 epochs that '{tmp_path}' has trained for; "
        "allowed: 8 or more"
    )
    assert resumed_config(folder, ["trainer.max_epochs=8"])["trainer"]["max_epochs"] == 8
