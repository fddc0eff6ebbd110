"""The checkpoints of a running training, and resuming with a larger budget."""

import gc
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from pytorch_lightning.callbacks import EarlyStopping, Timer
from tests.training.tiny import Setup

from reviewlab.callbacks import Checkpoints, Interrupted
from reviewlab.callbacks.checkpoints import AtomicCheckpointIO
from reviewlab.exceptions import InputError
from reviewlab.training.optimizers import FullBatch


def test_python_has_nothing_to_complain_about_after_a_failed_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_bytes(path: Path, content: memoryview) -> None:
        raise OSError(28, f"No space left for {len(content)} bytes")

    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    try:
        AtomicCheckpointIO().save_checkpoint({}, tmp_path / "best.ckpt")
    except OSError as error:
        cycle: list[Any] = [error]
        cycle.append(cycle)
        del cycle
    gc.collect()
    assert not complaints
    assert not [*tmp_path.iterdir()]


class Each(Callback):
    """Calls a function after every step, with the step and the number of the batch."""

    def __init__(self, action: Any) -> None:
        self.action = action

    def on_train_batch_end(self, trainer: Any, *arguments: Any) -> None:
        self.action(trainer.global_step, arguments[-1])


def constant(optimizer: Any, total_steps: float) -> None:
    """Keep the learning rate constant: a schedule would depend on the budget."""


def load(setup: Setup, name: str) -> dict[str, Any]:
    return torch.load(setup.folder / "checkpoints" / name, weights_only=True)


def assert_same(run: Any, other: Any) -> None:
    assert run[0].curves == other[0].curves
    assert run[0].best_epoch == other[0].best_epoch
    assert all(torch.equal(run[1][name], other[1][name]) for name in other[1])


def test_a_reader_never_sees_half_a_checkpoint(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    """Just before the rename, the old file is complete, with the new one beside it."""
    seen = []
    rename = type(setup.folder).replace

    def look(path, target):
        if target.name == "last.ckpt":
            beside = torch.load(path, weights_only=True)["global_step"]
            old = torch.load(target, weights_only=True)["global_step"] if target.exists() else None
            seen.append((old, beside))
        return rename(path, target)

    monkeypatch.setattr(type(setup.folder), "replace", look)
    setup.run()
    assert seen == [(None, 5), (5, 10), (10, 15)]


def test_a_write_that_fails_leaves_the_last_whole_one(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
):
    full = OSError(28, "No space left on device")
    write = type(setup.folder).write_bytes

    def fail(path, data):
        if (setup.folder / "checkpoints" / "best.ckpt").exists():
            write(path, bytes(data)[:100])
            raise full
        return write(path, data)

    monkeypatch.setattr(type(setup.folder), "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        setup.run()
    assert load(setup, "last.ckpt")["global_step"] == 5
    files = sorted(path.name for path in (setup.folder / "checkpoints").iterdir())
    assert files == ["best.ckpt", "last.ckpt"]


@pytest.mark.parametrize("every", [1, 2, 3])
def test_the_best_checkpoint_is_the_best_epoch(setup: Setup, every: int):
    setup.trainer |= {"max_epochs": 6, "check_val_every_n_epoch": every}
    result, _ = setup.run()
    assert load(setup, "best.ckpt")["epoch"] == result.best_epoch
    assert [e["epoch"] for e in result.curves if "val/loss" in e] == [*range(6)][every - 1 :: every]


def test_a_resumed_run_remembers_the_best_between_validations(setup: Setup):
    setup.trainer |= {"max_epochs": 2, "check_val_every_n_epoch": 2}
    setup.scheduler = constant
    setup.run()
    setup.trainer["max_epochs"] = 3
    result, _ = setup.run(resume=True)
    assert result.best_epoch == 1
    assert load(setup, "best.ckpt")["epoch"] == 1


@pytest.mark.parametrize("steps", [3, 5, 7])
def test_more_steps_go_on_within_the_epoch(setup: Setup, steps: int):
    setup.scheduler = constant
    setup.trainer["max_steps"] = steps
    first, _ = setup.run()
    assert first.last["step"] == steps
    assert load(setup, "last.ckpt")["global_step"] == steps
    assert load(setup, "best.ckpt")["epoch"] == first.best_epoch
    setup.trainer["max_steps"] = -1
    more = setup.run(resume=True)
    whole = Setup(setup.folder / "whole")
    whole.scheduler = constant
    assert_same(more, whole.run())


def test_more_time_goes_on_within_the_epoch(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    """Lightning validates an epoch cut short by the time limit; the resumed run completes it."""
    step_in_hand = 0

    def note(step: int, _: int) -> None:
        nonlocal step_in_hand
        step_in_hand = step

    monkeypatch.setattr(Timer, "time_elapsed", lambda *_: 2.1 if step_in_hand >= 7 else 0.0)
    setup.scheduler = constant
    setup.callbacks = lambda: [Each(note)]
    setup.trainer["max_time"] = {"seconds": 2}
    first, _ = setup.run()
    assert [epoch["step"] for epoch in first.curves] == [5, 7]
    setup.callbacks = list
    setup.trainer["max_time"] = {"hours": 1}
    more = setup.run(resume=True)
    whole = Setup(setup.folder / "whole")
    whole.scheduler = constant
    assert_same(more, whole.run())


@pytest.mark.parametrize(("batch", "step"), [(1, 1), (6, 4), (8, 5)])
def test_time_that_ends_between_accumulated_batches_waits_for_their_step(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, batch: int, step: int
):
    """Steps follow batches 2, 4 and 5 of each epoch."""
    elapsed = 0.0

    def let_time_pass(*_: Any) -> None:
        nonlocal elapsed
        elapsed += 1

    monkeypatch.setattr(Timer, "time_elapsed", lambda *_: elapsed)
    setup.scheduler = constant
    setup.trainer |= {"accumulate_grad_batches": 2, "max_time": {"seconds": batch}}
    setup.callbacks = lambda: [Each(let_time_pass)]
    first, _ = setup.run()
    assert load(setup, "last.ckpt")["global_step"] == first.last["step"] == step
    assert load(setup, "best.ckpt")["epoch"] == first.best_epoch
    setup.callbacks = list
    setup.trainer["max_time"] = {"hours": 1}
    more = setup.run(resume=True)
    whole = Setup(setup.folder / "whole")
    whole.scheduler = constant
    whole.trainer["accumulate_grad_batches"] = 2
    assert_same(more, whole.run())


def test_full_batch_descent_takes_its_step_though_the_time_is_over(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
):
    elapsed: list[Any] = []
    monkeypatch.setattr(Timer, "time_elapsed", lambda *_: len(elapsed))
    setup.optimizer, setup.scheduler = partial(FullBatch, lr=0.5), constant
    setup.trainer["max_time"] = {"seconds": 2}
    setup.callbacks = lambda: [Each(lambda *batch: elapsed.append(batch))]
    result, _ = setup.run()
    assert result.last["step"] == load(setup, "best.ckpt")["global_step"] == 1


def test_stopping_early_is_no_matter_of_budget(setup: Setup):
    setup.trainer |= {"max_epochs": 20, "max_time": {"hours": 1}}
    setup.callbacks = lambda: [EarlyStopping("val/loss", patience=0, min_delta=1.0)]
    whole = setup.run()
    assert len(whole[0].curves) == 2
    setup.trainer["max_time"] = {"hours": 2}
    assert_same(setup.run(resume=True), whole)


@pytest.mark.parametrize("batch", [5, 6])
def test_gradients_that_are_being_accumulated_are_not_lost(setup: Setup, batch: int):
    """Steps follow batches 2, 4 and 5 of each epoch; a signal takes effect after the next."""
    setup.trainer["accumulate_grad_batches"] = 2
    whole = Setup(setup.folder / "whole")
    whole.trainer["accumulate_grad_batches"] = 2
    batches = []

    def stop(step, batch_idx):
        batches.append(batch_idx)
        if len(batches) == batch:
            os.kill(os.getpid(), signal.SIGTERM)

    setup.callbacks = lambda: [Each(stop), Checkpoints(every_n_steps=1)]
    with pytest.raises(Interrupted):
        setup.run()
    assert load(setup, "last.ckpt")["global_step"] == {5: 3, 6: 4}[batch]
    setup.callbacks = list
    assert_same(setup.run(resume=True), whole.run())


def test_full_batch_descent_stops_after_its_step(setup: Setup):
    setup.scheduler = constant
    setup.optimizer = partial(FullBatch, lr=0.5)
    whole = Setup(setup.folder / "whole")
    whole.scheduler, whole.optimizer = setup.scheduler, setup.optimizer
    batches = []

    def stop(step, batch_idx):
        batches.append(batch_idx)
        if len(batches) == 7:
            os.kill(os.getpid(), signal.SIGINT)

    setup.callbacks = lambda: [Each(stop)]
    with pytest.raises(Interrupted):
        setup.run()
    assert load(setup, "last.ckpt")["global_step"] == 2
    setup.callbacks = list
    assert_same(setup.run(resume=True), whole.run())


def test_a_kill_between_the_save_of_the_best_epoch_and_its_link_is_made_good(setup: Setup):
    setup.data["validation"] = 0.0  # the last epoch is the best
    setup.run()
    (setup.folder / "checkpoints" / "best.ckpt").unlink()
    setup.run(resume=True)
    assert load(setup, "best.ckpt")["epoch"] == 2


@pytest.mark.parametrize("generators", [{"cpu": 1.0}, torch.zeros(1), [], None])
@pytest.mark.filterwarnings("error:Using a non-tuple sequence")
def test_a_last_checkpoint_that_cannot_be_restored_leaves_the_best_one(
    setup: Setup, generators: object
) -> None:
    setup.data["validation"] = 0.0  # the last epoch is the best
    setup.run()
    content = load(setup, "last.ckpt")
    content["ranks"][0]["generators"] = generators
    last, best = (setup.folder / "checkpoints" / f"{name}.ckpt" for name in ("last", "best"))
    before = best.read_bytes()
    last.unlink()  # until now it is another name of the best one
    torch.save(content, last)
    setup.trainer["max_epochs"] = 5
    with pytest.raises(InputError, match="training cannot continue"):
        setup.run(resume=True)
    assert best.read_bytes() == before


def test_a_disk_without_links_keeps_the_best_all_the_same(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    result, _ = setup.run()
    best = load(setup, "best.ckpt")
    assert best["global_step"] == result.best["step"]
    files = sorted(path.name for path in (setup.folder / "checkpoints").iterdir())
    assert files == ["best.ckpt", "last.ckpt"]
