"""Loggers get the settings of a run and its results."""

from dataclasses import replace

import pytest
from pytorch_lightning.loggers.logger import DummyLogger
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tests.training.tiny import Setup

from reviewlab.training.loggers import tensorboard


def test_a_logger_is_told_what_the_run_was_set_to(setup: Setup) -> None:
    told: list[dict[str, object]] = []

    class Other(DummyLogger):
        def log_hyperparams(self, params: dict[str, object], *_: object) -> None:
            told.append(params)

    setup.trainer["log_every_n_steps"] = 1
    classifier, data, training = setup.build()
    set_to = {"optimizer.lr": 0.1}
    replace(training, loggers=[Other()], hyperparameters=set_to).run(classifier, data)
    assert set_to in told


def test_the_row_ends_with_the_best_epochs_validation(setup: Setup) -> None:
    setup.trainer["log_every_n_steps"] = 1
    classifier, data, training = setup.build()
    loggers = [tensorboard(setup.folder)]
    options = {"optimizer.lr": 0.1, "name": None}
    result = replace(training, loggers=loggers, hyperparameters=options).run(classifier, data)
    events = EventAccumulator(str(setup.folder)).Reload()
    best = {name: value for name, value in result.best.items() if name.startswith("val/")}
    assert best
    for name, value in best.items():
        *_, last = events.Scalars(f"best/{name}")
        assert last.value == pytest.approx(value, rel=1e-6)
        assert last.step == result.last["step"] - 1
    tags = events.summary_metadata
    assert {tag for tag in tags if tag.startswith("_hparams_")} == {
        "_hparams_/session_start_info",
        "_hparams_/session_end_info",
    }
    started = HParamsPluginData.FromString(
        tags["_hparams_/session_start_info"].plugin_data.content
    ).session_start_info
    assert set(started.hparams) == {"optimizer.lr"}  # null settings are left out


def test_without_a_validation_nothing_is_best(setup: Setup) -> None:
    setup.data["validation"], setup.trainer["log_every_n_steps"] = 0.0, 1
    classifier, data, training = setup.build()
    replace(training, loggers=[tensorboard(setup.folder)]).run(classifier, data)
    tags = EventAccumulator(str(setup.folder)).Reload().Tags()["scalars"]
    assert not [tag for tag in tags if tag.startswith("best/")]
