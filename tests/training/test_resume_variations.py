"""With every choice of parts, a resumed training has the result of an uninterrupted one."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.callbacks import Checkpoints, Interrupted
from reviewlab.config.bind import bind
from reviewlab.config.choices import list_choices
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.experiment import Experiment

CHOICES = [
    (group, choice)
    for group in ("optimizer", "scheduler")
    for choice in list_choices(CONFIGS, group)
]
OPTIONS: dict[str, Callable[[Setup], None]] = {
    "accumulated": lambda setup: setup.trainer.update(accumulate_grad_batches=2),
    "clipped": lambda setup: setup.trainer.update(gradient_clip_val=0.1),
    "bucketed": lambda setup: setup.data.update(bucket_by_length=True),
    "balanced": lambda setup: setup.data.update(balanced=True),
    "balanced and bucketed": lambda setup: setup.data.update(balanced=True, bucket_by_length=True),
    "nothing held out": lambda setup: setup.data.update(validation=0.0),
}


SHORT = {"step": ["scheduler.step_size=1"], "plateau": ["scheduler.patience=0"]}


def choose(group: str, choice: str) -> Callable[[Setup], None]:
    """Choose a file of `conf/`, with schedules short enough to change within three epochs."""

    def vary(setup: Setup) -> None:
        config = compose_config("train", [f"{group}={choice}", *SHORT.get(choice, [])])
        setattr(setup, group, getattr(bind(config, Experiment), group).prepare())

    return vary


VARIATIONS = OPTIONS | {f"{group}={choice}": choose(group, choice) for group, choice in CHOICES}


class AtBatch(Callback):
    """Stops the run after a batch; each epoch has five."""

    def __init__(self, batch: int, kill: bool) -> None:
        self.batch, self.kill, self.batches = batch, kill, 0

    def on_train_batch_end(self, *_: Any) -> None:
        self.batches += 1
        if self.batches == self.batch:
            if self.kill:
                raise SystemExit
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize(
    ("batch", "kill"),
    [(8, False), (8, True), (10, False)],
    ids=["interrupted", "killed", "after an epoch"],
)
@pytest.mark.parametrize("vary", VARIATIONS.values(), ids=VARIATIONS.keys())
def test_the_whole_run_and_the_resumed_one_are_the_same(
    tmp_path: Path, vary: Callable[[Setup], None], batch: int, kill: bool
) -> None:
    def setup(name: str, *stop: Callback) -> Setup:
        made = Setup(tmp_path / name)
        vary(made)
        made.callbacks = lambda: [Checkpoints(every_n_steps=1), *stop]
        return made

    whole, weights = setup("whole").run()
    with pytest.raises(SystemExit if kill else Interrupted):
        setup("stopped", AtBatch(batch, kill)).run()
    last = tmp_path / "stopped" / "checkpoints" / "last.ckpt"
    saved = torch.load(last, weights_only=True)["global_step"]
    resumed, resumed_weights = setup("stopped").run(resume=True)
    assert 0 < saved < torch.load(last, weights_only=True)["global_step"]
    assert resumed.curves == whole.curves
    assert resumed.best_epoch == whole.best_epoch
    assert all(torch.equal(resumed_weights[name], weights[name]) for name in weights)
