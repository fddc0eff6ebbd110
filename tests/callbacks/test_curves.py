"""The best epoch, and separate records for all epochs."""

import math
import os
import signal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning import Callback
from tests.clock import Clock
from tests.training.tiny import Setup

from reviewlab.callbacks import Curves, Interrupted
from reviewlab.callbacks import curves as module
from reviewlab.callbacks.curves import is_better, seven_digits

values = st.floats(allow_infinity=True, allow_nan=True)
modes = st.sampled_from(["min", "max"])


@given(values, values, modes)
def test_nothing_beats_what_beats_it(one, other, mode):
    assert not (is_better(one, other, mode) and is_better(other, one, mode))
    assert not is_better(one, one, mode)


@given(values, modes)
def test_any_number_beats_nan(value, mode):
    assert is_better(value, math.nan, mode) is not math.isnan(value)
    assert not is_better(math.nan, value, mode)


@given(values, values)
def test_large_is_good_mirrors_small_is_good(one, other):
    assert is_better(one, other, "min") == is_better(-one, -other, "max")


@given(values, values, values, modes)
def test_better_is_an_order(one, two, three, mode):
    if is_better(one, two, mode) and is_better(two, three, mode):
        assert is_better(one, three, mode)


def curves(losses, mode="min"):
    made = Curves("val/accuracy", mode)
    made.epochs = [{} if loss is None else {"val/accuracy": loss} for loss in losses]
    return made


@given(st.lists(values, min_size=1), modes)
def test_the_best_epoch_is_the_first_of_the_best(losses, mode):
    best = curves(losses, mode).best_epoch
    assert not any(is_better(loss, losses[best], mode) for loss in losses)
    assert all(is_better(losses[best], loss, mode) for loss in losses[:best])


@given(st.lists(st.none() | values, min_size=1), modes)
def test_an_epoch_that_was_not_validated_is_passed_over(losses, mode):
    measured = [epoch for epoch, loss in enumerate(losses) if loss is not None]
    best = curves(losses, mode).best_epoch
    if not measured:
        assert best == len(losses) - 1
        return
    among_measured = curves([losses[epoch] for epoch in measured], mode).best_epoch
    assert best == measured[among_measured]


@given(st.lists(st.tuples(st.floats(0, 1), values), min_size=1))
def test_an_epoch_whose_loss_is_not_finite_is_only_best_without_any_other(epochs):
    made = Curves("val/accuracy", "max")
    made.epochs = [{"val/accuracy": one, "train/loss": loss} for one, loss in epochs]
    finite = [one for one, loss in epochs if math.isfinite(loss)]
    accuracy, loss = epochs[made.best_epoch]
    assert math.isfinite(loss) == bool(finite)
    assert accuracy == max(finite or [one for one, _ in epochs])
    assert made.diverged is not math.isfinite(epochs[-1][1])


def test_nothing_is_best_of_nothing():
    assert curves([]).best_epoch is None


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_seven_digits_of_a_single_keep_it_and_its_file_short(value):
    assert seven_digits(value) == pytest.approx(value, rel=1e-6, abs=1e-44)
    assert len(f"{abs(seven_digits(value)):.7g}") <= 13


def test_stale_metrics_are_not_kept():
    trainer = SimpleNamespace(
        callback_metrics={"train/loss": 1.0, "val/loss": 2.0},
        current_epoch=0,
        global_step=5,
    )
    made = Curves("val/loss", "min")
    made.on_before_optimizer_step(trainer, None, SimpleNamespace(param_groups=[{"lr": 0.1}]))
    for validated in (True, False):
        made.on_train_epoch_start(trainer, None)
        if validated:
            made.on_validation_start(trainer, None)
            made.on_validation_end(trainer, None)
        made.on_train_epoch_end(trainer, None)
    first, second = made.epochs
    assert (first["val/loss"], first["lr"], first["step"]) == (2.0, 0.1, 5)
    assert "val/loss" not in second


def test_every_epoch_says_what_it_was(setup: Setup):
    result, _ = setup.run()
    assert [(e["epoch"], e["step"]) for e in result.curves] == [(0, 5), (1, 10), (2, 15)]
    assert result.last == result.curves[-1]
    assert result.best == result.curves[result.best_epoch]
    last = (1 + math.cos(math.pi * 12 / 13)) / 2  # of the cosine's 13 steps after the warm-up
    assert result.curves[-1]["lr"] == pytest.approx(0.01 * last)


def test_the_clocks_add_up(setup: Setup):
    result, _ = setup.run()
    seconds = result.seconds
    assert seconds["train"] > 0
    assert seconds["validation"] > 0
    assert result.reviews_per_second == pytest.approx(36 * 3 / seconds["train"])


def test_reviews_are_counted_that_were_trained_on(setup: Setup):
    setup.trainer = {"max_epochs": 3, "limit_train_batches": 2}
    result, _ = setup.run()
    speed = result.reviews_per_second
    assert speed * result.seconds["train"] == pytest.approx(2 * 8 * 3)
    setup.trainer = {"max_steps": 7}  # an epoch of five batches, 36 reviews, and two batches more
    result, _ = setup.run()
    speed = result.reviews_per_second
    assert speed * result.seconds["train"] == pytest.approx(36 + 2 * 8)


class Slow(Callback):
    """Sleeps in one step, and is stopped there."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_train_batch_end(self, trainer, pl_module, *arguments):
        if trainer.global_step == 7:
            self.clock.now += 1
            os.kill(os.getpid(), signal.SIGINT)


def test_the_time_before_a_stop_within_an_epoch_counts(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    setup.callbacks = lambda: [Slow(clock)]
    with pytest.raises(Interrupted):
        setup.run()
    setup.callbacks = list
    result, _ = setup.run(resume=True)
    assert 1 < result.seconds["train"] < 10
    assert result.reviews_per_second == pytest.approx(36 * 3 / result.seconds["train"])
