"""Fine-tune a pretrained encoder in half precision: on a GPU, and on a CPU as everywhere else.

`make test-gpu` runs the first kind where a GPU is at hand, and prints what a step takes. On a GPU
with REVIEWLAB_PRETRAINED it trains that encoder, otherwise a tiny one.
"""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.made_reviews import write_table
from tests.pretrained_sources import source

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.running.resume import resumed_config
from reviewlab.running.run import Outcome, run

HALF = "trainer.precision=bf16-mixed"


@pytest.fixture(params=[pytest.param("gpu", marks=pytest.mark.gpu), "cpu"])
def trainer(request: pytest.FixtureRequest) -> str:
    """`trainer=gpu` where there is one, and `trainer=cpu`."""
    if request.param == "gpu" and not torch.cuda.is_available():
        pytest.skip("torch sees no GPU here")
    return f"trainer={request.param}"


@pytest.fixture
def overrides(trainer: str, tmp_path: Path) -> list[str]:
    """Four epochs of a few reviews, without dropout, whose draws differ between devices."""
    real = os.environ.get("REVIEWLAB_PRETRAINED") if trainer == "trainer=gpu" else None
    return [
        "experiment=fine_tuning",
        "data=table",
        f"data.source={write_table(tmp_path / 'reviews.csv', 200)}",
        f"model.source={real or source('bert')}",
        "model.dropout=0",
        "data.text.max_length=32",
        "scheduler=constant",
        f"optimizer.lr={1e-4 if real else 1e-3}",
        "trainer.max_epochs=4",
        f"outputs={tmp_path}",
    ]


def trained(*overrides: str) -> Outcome:
    return run(check_config(compose_config("train", overrides)), [])


def last_loss(outcome: Outcome) -> float:
    loss: Any = outcome.training.curves[-1]["val/loss"]
    return float(loss)


def test_half_precision_reaches_the_loss_of_single_precision(
    trainer: str, overrides: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    half = trained(*overrides, trainer, HALF, "name=half")
    single = trained(*overrides, "trainer=cpu", "name=single")
    assert last_loss(half) == pytest.approx(last_loss(single), abs=0.03)
    first, last = (half.training.curves[epoch]["train/loss"] for epoch in (0, -1))
    assert last < first
    with capsys.disabled():
        milliseconds = 1000 * 16 / half.training.reviews_per_second
        sys.stdout.write(f"\n{trainer}: {milliseconds:.1f} ms a step of 16 reviews\n")


def test_a_resumed_training_ends_where_one_that_went_through_ends(
    trainer: str, overrides: list[str]
) -> None:
    whole = trained(*overrides, trainer, HALF, "name=whole")
    begun = trained(*overrides, trainer, HALF, "name=begun", "trainer.max_epochs=2")
    config = resumed_config(begun.folder, ["trainer.max_epochs=4"])
    resumed = run(check_config(config), [], resume=begun.folder)
    assert last_loss(resumed) == pytest.approx(last_loss(whole), abs=1e-3)
