"""`debug=overfit` memorises its batches."""

import os
import signal
from typing import Any

import pytest
from pytorch_lightning import Callback
from tests.training.tiny import Setup
from torch import Tensor, equal

from reviewlab.callbacks import Interrupted
from reviewlab.callbacks.same_batches import SameBatches


class Seen(Callback):
    """Records every batch, and stops the run after a step."""

    def __init__(self, stop: int | None = None) -> None:
        self.ids: list[Tensor] = []
        self.stop = stop

    def on_train_batch_end(self, trainer: Any, module: Any, _: Any, batch: Any, *__: Any) -> None:
        self.ids.append(batch.inputs.token_ids)
        if trainer.global_step == self.stop:
            os.kill(os.getpid(), signal.SIGINT)


def run(setup: Setup, *callbacks: Callback, resume: bool = False) -> dict[str, Any]:
    setup.callbacks = lambda: [*callbacks]
    setup.trainer = {"max_epochs": 3, "limit_train_batches": 2}
    result, _ = setup.run(resume)
    return result


def test_every_epoch_brings_the_first_ones_batches(setup: Setup) -> None:
    free, kept = Seen(), Seen()
    run(setup, free)
    run(setup, kept, SameBatches())
    first = free.ids[:2]
    assert all(map(equal, kept.ids, first * 3))
    assert not all(map(equal, free.ids, first * 3))


def test_also_when_a_run_is_gone_on_with(setup: Setup) -> None:
    whole = run(setup, SameBatches())
    with pytest.raises(Interrupted):
        run(setup, Seen(stop=3), SameBatches())
    rest = Seen()
    assert run(setup, rest, SameBatches(), resume=True).curves == whole.curves
    assert len(rest.ids) == 3
