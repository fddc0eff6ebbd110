"""The steps and reviews of a limited training, which must not be empty."""

import math
from pathlib import Path
from typing import Any

import pytest
from tests.training.tiny import Setup

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.running.run import run
from reviewlab.training.limits import total_steps
from reviewlab.training.schedulers import cosine

SMALL = ["data.reviews=100", "model=mlp", "trainer.max_epochs=3", "callbacks=early_stopping"]


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({}, 15),
        ({"max_steps": 7}, 7),
        ({"limit_train_batches": 2}, 6),
        ({"limit_train_batches": 0.4}, 6),
        ({"accumulate_grad_batches": 2}, 9),
        ({"max_epochs": 1}, 5),
    ],
)
def test_the_cosine_ends_with_the_training(
    setup: Setup, options: dict[str, Any], steps: int
) -> None:
    told = []

    def keep(optimizer: Any, total_steps: float) -> Any:
        told.append(total_steps)
        return cosine(optimizer, total_steps)

    setup.scheduler = keep
    setup.trainer |= options
    result, _ = setup.run()
    assert told == [steps]
    assert result.last["step"] == steps
    last = (1 + math.cos(math.pi * (steps - 1) / steps)) / 2
    assert result.last["lr"] == pytest.approx(0.01 * last)


def test_without_an_end_the_steps_are_infinite(setup: Setup) -> None:
    setup.trainer["max_epochs"] = -1
    _, _, training = setup.build()
    assert total_steps(training.make_trainer(logger=False), 5) == float("inf")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["data.test=0", "test=true"], "test: true is not allowed without reviews to test on; "),
        (
            ["trainer.limit_test_batches=0", "test=true"],
            "trainer.limit_test_batches: 0 leaves no batch (of 1)",
        ),
        (
            ["trainer.limit_train_batches=0.1"],
            "trainer.limit_train_batches: 0.1 leaves no batch (of 2)",
        ),
        (["trainer.limit_train_batches=0.1", "optimizer=full_batch"], "trainer.limit_train_bat"),
        (
            ["trainer.limit_val_batches=0.1"],
            "trainer.limit_val_batches: 0.1 leaves no batch (of 1)",
        ),
        (["trainer.max_time=00:00:00:00"], "trainer.max_time: leaves no time to train; give "),
    ],
)
def test_nothing_to_train_or_to_test_on_is_refused_before_anything_is_trained(
    tmp_path: Path, overrides: list[str], said: str
) -> None:
    config = compose_config("train", [*SMALL, f"outputs={tmp_path}", *overrides])
    with pytest.raises(InputError) as raised:
        run(check_config(config), [])
    assert str(raised.value).startswith(said)
    assert list(tmp_path.iterdir()) == []
