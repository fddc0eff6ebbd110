"""The metrics of an epoch reach whatever Lightning's own `log` would pass them to."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger
from tests.training.tiny import Setup

from reviewlab.models import classifier


class Reader(Callback):
    """Keeps the metrics that a callback finds at the end of each epoch."""

    def __init__(self) -> None:
        self.found: list[dict[str, float]] = []

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.found.append({name: float(v) for name, v in trainer.callback_metrics.items()})


def train(folder: Path, *callbacks: Callback, **trainer: Any) -> Trainer:
    """Train three epochs and return the trainer."""
    folder.mkdir()
    setup = Setup(folder)
    setup.callbacks = lambda: [*callbacks]
    setup.trainer |= {"log_every_n_steps": 1, **trainer}
    model, data, training = setup.build()
    replace(training, loggers=[CSVLogger(folder, name="csv", version="")]).run(model, data)
    return model.trainer


def rows(folder: Path) -> set[frozenset[tuple[str, str]]]:
    """Return the rows of the csv file that hold metrics of an epoch, in no order."""
    with (folder / "csv" / "metrics.csv").open() as file:
        filled = [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]
    return {frozenset(row.items()) for row in filled if "epoch" in row}


def test_what_is_logged_equals_what_lightning_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, other = Reader(), Reader()
    ours = train(tmp_path / "ours", reader)
    monkeypatch.setattr(
        classifier, "log_epoch", lambda module, values: module.log_dict(values, sync_dist=True)
    )
    lightnings = train(tmp_path / "lightning", other)
    assert rows(tmp_path / "ours") == rows(tmp_path / "lightning")
    assert len(rows(tmp_path / "ours")) == 6
    assert reader.found == other.found
    assert "val/accuracy" in reader.found[0]
    assert ours.logged_metrics == lightnings.logged_metrics
    for name, value in lightnings.callback_metrics.items():
        assert torch.equal(ours.callback_metrics[name], value)
        assert ours.callback_metrics[name].dtype == value.dtype


def test_callbacks_of_lightning_can_watch_a_metric(tmp_path: Path) -> None:
    stopping = EarlyStopping("val/loss", patience=1, mode="max", min_delta=10.0)
    keeping = ModelCheckpoint(tmp_path / "kept", monitor="val/accuracy", mode="max")
    trainer = train(tmp_path / "run", stopping, keeping)
    assert (trainer.current_epoch, stopping.stopped_epoch) == (2, 1)
    assert keeping.best_model_score == max(
        float(dict(row)["val/accuracy"])
        for row in rows(tmp_path / "run")
        if "val/accuracy" in dict(row)
    )


def test_a_sanity_check_is_not_logged(tmp_path: Path) -> None:
    train(tmp_path / "run", num_sanity_val_steps=-1)
    assert len(rows(tmp_path / "run")) == 6


def test_a_validation_outside_of_a_training_returns_its_metrics(tmp_path: Path) -> None:
    model, data, _ = Setup(tmp_path).build()
    trainer = Trainer(accelerator="cpu", logger=False, enable_progress_bar=False)
    [metrics] = trainer.validate(model, datamodule=data, verbose=False)
    assert 0 <= metrics["val/accuracy"] <= 1
