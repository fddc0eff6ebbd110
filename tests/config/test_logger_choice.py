"""Several loggers at once, and none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger

from reviewlab.config.check import check_config
from reviewlab.config.logger_choice import collapse_loggers, expand_loggers, logs_to_tensorboard
from reviewlab.config.request import RunRequest, compose_request
from reviewlab.exceptions import InputError
from reviewlab.runs.identity import run_id

NAMES = ["tensorboard", "csv", "mlflow", "wandb"]


def request(*argv: str) -> RunRequest:
    asked = compose_request("train", argv)
    assert isinstance(asked, RunRequest)
    return asked


def made(*argv: str, folder: Path) -> list[object]:
    experiment = check_config(request(*argv).config)
    return [part.build({"run_folder": folder}) for part in experiment.loggers.values()]


def test_several_at_once(tmp_path: Path) -> None:
    argv = ["logger=[tensorboard, csv]", "logger.csv.flush_logs_every_n_steps=3"]
    first, second = made(*argv, folder=tmp_path)
    assert isinstance(first, TensorBoardLogger)
    assert isinstance(second, CSVLogger)
    assert request(*argv).config["logger"]["csv"]["flush_logs_every_n_steps"] == 3


def test_one_and_none(tmp_path: Path) -> None:
    [alone] = made("logger=[csv]", folder=tmp_path)
    assert isinstance(alone, CSVLogger)
    assert made("logger=none", folder=tmp_path) == []
    assert request("logger=none").config["logger"] is None


@pytest.mark.parametrize("loggers", ["none", "[tensorboard,csv]", "csv"])
def test_the_run_id_stays(loggers: str) -> None:
    argv = f"logger={loggers}"
    assert run_id(request(argv).config, "f") == run_id(request().config, "f")
    experiment = check_config(request(argv).config)
    assert run_id(experiment.as_config(), "f") == run_id(
        check_config(request().config).as_config(), "f"
    )


@pytest.mark.parametrize(
    ("loggers", "shows"),
    [("none", False), ("csv", False), ("tensorboard", True), ("[csv,tensorboard]", True)],
)
def test_what_tensorboard_can_show(loggers: str, shows: bool) -> None:
    assert logs_to_tensorboard(request(f"logger={loggers}").config) == shows


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["logger=[csv,tensorbord]"],
            "logger: there is no 'tensorbord'; did you mean 'tensorboard'?",
        ),
        (
            ["logger=[csv,none]"],
            "logger=[csv,none]: 'none' excludes all other loggers; allowed: logger=[csv]",
        ),
        (
            ["logger=[csv,tensorboard]", "logger.flush_secs=3"],
            "logger.flush_secs: no such key; did you mean 'logger.tensorboard.flush_secs'?",
        ),
        (
            ["logger=[csv,tensorboard]", "+logger.csv.run_folder=3"],
            "logger.csv.run_folder: comes from the data or the run; it cannot be set",
        ),
    ],
)
def test_a_mistake_is_one_line(argv: list[str], message: str) -> None:
    with pytest.raises(InputError) as raised:
        check_config(request(*argv).config)
    assert str(raised.value).startswith(message)


def test_what_was_typed_is_recorded() -> None:
    asked = request("seed=1", "logger=[tensorboard,csv]", "name=a")
    assert asked.overrides == ["seed=1", "logger=[tensorboard,csv]", "name=a"]


@given(st.lists(st.sampled_from(NAMES), min_size=2, unique=True), st.integers(0, 2))
def test_to_collapse_undoes_to_expand(names: list[str], place: int) -> None:
    argv = ["seed=1", "name=none"]
    argv.insert(place, f"logger=[{','.join(names)}]")
    assert collapse_loggers(expand_loggers(argv)) == argv
