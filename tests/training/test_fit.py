"""Every optimizer and scheduler of `conf/` trains, and no training ends early by mistake."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.training.tiny import Setup

from reviewlab.config.bind import bind
from reviewlab.config.check import check_config
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.exceptions import InputError
from reviewlab.running.run import run
from reviewlab.training.schedulers import plateau, step

OPTIMIZERS = sorted(path.stem for path in (CONFIGS / "optimizer").glob("*.yaml"))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_of_conf_learns(setup: Setup, name: str) -> None:
    """It has its defaults, except for a learning rate that suits fifteen steps."""
    rate = {"full_batch": 3.0, "sgd": 1.0, "momentum": 0.2, "nesterov": 0.2, "adagrad": 0.1}
    config = compose_config("train", [f"optimizer={name}", f"optimizer.lr={rate.get(name, 0.02)}"])
    setup.optimizer = bind(config, Experiment).optimizer.prepare()
    setup.scheduler = lambda optimizer, total_steps: None
    setup.model = {"num_layers": 1}
    setup.trainer["max_epochs"] = 60 if name == "full_batch" else 10
    result, _ = setup.run()
    losses = [epoch["train/loss"] for epoch in result.curves]
    assert losses[-1] < losses[0] - 0.05


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (lambda optimizer, total_steps: None, [0.01, 0.01, 0.01, 0.01]),
        (partial(step, step_size=2, gamma=0.5), [0.01, 0.01, 0.005, 0.005]),
        (
            partial(plateau, monitor="val/loss", threshold=0.9, patience=1, factor=0.1),
            [0.01, 0.01, 0.01, 0.001],
        ),
    ],
)
def test_the_learning_rate_of_every_epoch(setup: Setup, schedule: Any, rates: list[float]) -> None:
    """At the end of the third epoch the plateau has lasted for more than one epoch."""
    setup.scheduler = schedule
    setup.trainer["max_epochs"] = 4
    result, _ = setup.run()
    assert [epoch["lr"] for epoch in result.curves] == pytest.approx(rates)


SMALL = ["data.reviews=100", "model=mlp", "trainer.max_epochs=3", "callbacks=early_stopping"]
IMPATIENT = ["callbacks.early_stopping.patience=0", "callbacks.early_stopping.min_delta=9"]


def epochs(tmp_path: Path, *overrides: str) -> int:
    config = compose_config("train", [*SMALL, *IMPATIENT, f"outputs={tmp_path}", *overrides])
    return len(run(check_config(config), []).training.curves)


def test_it_stops_early_where_something_is_held_out(tmp_path: Path) -> None:
    assert epochs(tmp_path) == 2


@pytest.mark.parametrize("nothing", ["data.validation=0", "trainer.limit_val_batches=0"])
def test_nothing_stops_early_where_nothing_is_held_out(tmp_path: Path, nothing: str) -> None:
    assert epochs(tmp_path, nothing) == 3


def test_no_plateau_where_nothing_is_held_out() -> None:
    config = compose_config("train", ["data.validation=0", "scheduler=plateau"])
    with pytest.raises(InputError, match=r"data\.validation=0 there is no validation split to"):
        check_config(config)
