"""A checkpoint that training cannot continue from is refused in a line, also at an epoch's end."""

from functools import partial
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from tests.training.tiny import Setup

from reviewlab.exceptions import InputError
from reviewlab.training.schedulers import plateau


class Counting(Callback):
    """A plugin's callback, whose state says nothing before the first epoch."""

    def __init__(self) -> None:
        self.values: list[float] | None = None

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self.values = [*(self.values or []), 1.0 + sum(self.values or [])]

    def state_dict(self) -> dict[str, Any]:
        return {"values": self.values}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.values = state_dict["values"]


class Broken(Counting):
    """A callback with a fault of its own in the second epoch after a resume."""

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        if trainer.current_epoch == 2:
            raise ValueError("a fault of its own")


class Stateless(Callback):
    """A callback with a fault of its own, and without a state."""

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        if trainer.current_epoch == 1:
            raise ValueError("a fault of its own")


def resume(setup: Setup, made: Any, damage: dict[str, Any]) -> None:
    """Stop within the second of three epochs, damage the state of the callback, and resume."""
    setup.callbacks = lambda: [made()]
    setup.trainer = {"max_steps": 7}
    setup.run()
    last = setup.folder / "checkpoints" / "last.ckpt"
    content = torch.load(last, weights_only=True, mmap=False)
    if damage:
        content["callbacks"][made().state_key] |= damage
    torch.save(content, last)
    setup.trainer = {"max_epochs": 3}
    setup.run(resume=True)


STOPPING = partial(EarlyStopping, "val/loss")


@pytest.mark.parametrize(
    ("made", "damage", "reason"),
    [
        (STOPPING, {"wait_count": "x"}, "ValueError: EarlyStopping has str as its wait_count"),
        (STOPPING, {"best_score": [1]}, "ValueError: EarlyStopping has list as its best_score"),
        (STOPPING, {"best_score": torch.zeros(3)}, "EarlyStopping: RuntimeError: Boolean value "),
        (
            partial(ModelCheckpoint, monitor="val/loss", enable_version_counter=False),
            {"best_k_models": 3},
            "ValueError: ModelCheckpoint has int as its best_k_models",
        ),
        (Counting, {"values": 3}, "Counting: TypeError: "),
        (Counting, {"values": ["x"]}, "Counting: TypeError: unsupported operand"),
    ],
)
@pytest.mark.filterwarnings("ignore:Checkpoint directory")
def test_a_damaged_state_of_a_callback_is_one_line(
    setup: Setup, made: Any, damage: dict[str, Any], reason: str
) -> None:
    if isinstance(made, partial) and made.func is ModelCheckpoint:
        made = partial(made, dirpath=setup.folder / "others")
    with pytest.raises(InputError) as caught:
        resume(setup, made, damage)
    last = setup.folder / "checkpoints" / "last.ckpt"
    assert str(caught.value).startswith(f"resume: training cannot continue from '{last}' ({reason}")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("made", [STOPPING, Counting])
def test_an_undamaged_state_is_continued_from(setup: Setup, made: Any) -> None:
    resume(setup, made, {})


@pytest.mark.parametrize("made", [Broken, Stateless])
def test_a_callbacks_own_fault_stays_what_it_is(setup: Setup, made: Any) -> None:
    with pytest.raises(ValueError, match="a fault of its own") as caught:
        resume(setup, made, {})
    assert not isinstance(caught.value, InputError)


def test_a_damaged_state_of_a_scheduler_is_one_line(setup: Setup) -> None:
    setup.scheduler = partial(plateau, monitor="val/loss")
    setup.trainer = {"max_steps": 7}
    setup.run()
    last = setup.folder / "checkpoints" / "last.ckpt"
    content = torch.load(last, weights_only=True, mmap=False)
    content["lr_schedulers"][0]["best"] = "x"
    torch.save(content, last)
    setup.trainer = {"max_epochs": 3}
    with pytest.raises(InputError, match=r"last.ckpt' \(ReduceLROnPlateau: TypeError: "):
        setup.run(resume=True)
