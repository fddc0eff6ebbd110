"""The steps that a plan promises are those that Lightning makes."""

import logging
from pathlib import Path

import pytest
import torch

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.planning.plan import Planner
from reviewlab.running.run import run
from reviewlab.sweeps.settings import SweepSettings

SMALL = ["data.reviews=200", "model=mlp", "model.num_layers=1", "trainer.max_epochs=2"]

CASES = [
    ["data.batch_size=50", "data.balanced=true", "data.bucket_by_length=true"],
    ["trainer.max_epochs=-1", "trainer.max_steps=5"],
    ["trainer.max_epochs=null", "trainer.max_steps=3"],
    ["trainer.accumulate_grad_batches=3", "trainer.limit_train_batches=99"],
    ["trainer.limit_train_batches=0.5"],
    ["debug=overfit"],
    ["optimizer=full_batch", "trainer.limit_train_batches=2"],
]


@pytest.mark.parametrize("overrides", CASES, ids=" ".join)
def test_planned_steps_are_those_of_a_real_training(overrides: list[str], tmp_path: Path) -> None:
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    arguments = [*SMALL, f"outputs={tmp_path}", "logger=csv", *overrides]
    [job] = Planner(arguments, SweepSettings(), "s").jobs()
    folder = run(check_config(compose_config("train", arguments)), []).folder
    saved = torch.load(folder.last_checkpoint, weights_only=True)
    assert saved["global_step"] == job.steps
