"""An experiment and its config convert into each other."""

from dataclasses import FrozenInstanceError

import pytest

from reviewlab.config.compose import compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part


@pytest.mark.parametrize(
    ("overrides", "loggers"),
    [
        ([], ["logger"]),
        (["logger=none"], []),
        (
            [
                "logger=none",
                "+logger@logger.tensorboard=tensorboard",
                "+logger@logger.csv=csv",
            ],
            ["logger.tensorboard", "logger.csv"],
        ),
    ],
)
def test_a_config_comes_back_as_it_was(overrides: list[str], loggers: list[str]) -> None:
    config = compose_config("train", overrides)
    experiment = Experiment.from_config(config)
    assert experiment.as_config() == config
    assert [*experiment.loggers] == loggers
    assert all(isinstance(part, Part) for part in experiment.loggers.values())


@pytest.mark.parametrize(("share", "validates"), [("0.2", True), ("0", False)])
def test_it_validates_where_something_is_held_out(share: str, validates: bool) -> None:
    config = compose_config("train", [f"data.validation={share}"])
    assert Experiment.from_config(config).validates is validates


def test_it_cannot_be_changed() -> None:
    experiment = Experiment.from_config(compose_config("train", []))
    with pytest.raises(FrozenInstanceError):
        experiment.seed = 1  # type: ignore[misc]
