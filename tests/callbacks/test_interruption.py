"""After a signal at any moment the run ends properly and restores the handler."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.callbacks import Interrupted
from reviewlab.console.exit import handle_signals

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


class When(Callback):
    """Sends a signal to this process when a hook is called for the n-th time."""

    def __init__(self, hook: str, number: int, which: signal.Signals) -> None:
        self.left = number
        self.which = which
        setattr(self, hook, self.count)

    def count(self, *_: Any, **__: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.which)


@pytest.fixture
def stopped(setup: Setup):
    """Run until the signal stops it, and return the contents of `last.ckpt`."""

    def run(hook: str, number: int, which: signal.Signals, **options: Any) -> Any:
        setup.callbacks = lambda: [When(hook, number, which)]
        before = {name: signal.getsignal(name) for name in SIGNALS}
        classifier, data, training = setup.build()
        with pytest.raises(Interrupted) as caught:
            training.run(classifier, data, **options)
        assert caught.value.number == which
        assert {name: signal.getsignal(name) for name in SIGNALS} == before
        setup.callbacks = list
        last = setup.folder / "checkpoints" / "last.ckpt"
        return torch.load(last, weights_only=True) if last.exists() else None

    return run


def assert_the_same_as_whole(setup: Setup) -> None:
    result, weights = setup.run(resume=True)
    whole = Setup(setup.folder / "whole")
    whole.data = setup.data
    expected, expected_weights = whole.run()
    assert result.curves == expected.curves
    assert all(torch.equal(weights[name], expected_weights[name]) for name in weights)


@pytest.mark.parametrize("which", SIGNALS)
@pytest.mark.parametrize(
    ("hook", "number", "step"),
    [
        ("on_train_batch_start", 7, 7),
        ("on_before_backward", 7, 7),
        ("on_before_optimizer_step", 8, 8),
        ("on_train_batch_end", 10, 10),
        ("on_validation_batch_end", 4, 10),
        ("on_validation_end", 2, 10),
        ("on_train_epoch_end", 2, 10),
        ("on_train_epoch_start", 2, 6),
    ],
)
def test_the_step_in_hand_is_finished(setup: Setup, stopped, hook, number, step, which):
    setup.data = {**setup.data, "eval_batch_size": 3}  # three validation batches
    assert stopped(hook, number, which)["global_step"] == step
    assert_the_same_as_whole(setup)


@pytest.mark.parametrize("which", SIGNALS)
def test_before_the_first_step_nothing_is_left(setup: Setup, stopped, which):
    assert stopped("setup", 1, which) is None
    assert_the_same_as_whole(setup)


@pytest.mark.parametrize("which", SIGNALS)
def test_during_the_test_the_training_is_kept(setup: Setup, stopped, which):
    saved = stopped("on_test_batch_start", 1, which, test=True)
    assert saved["global_step"] == 15
    classifier, data, training = setup.build()
    last = setup.folder / "checkpoints" / "last.ckpt"
    result = training.run(classifier, data, last, test=True)
    assert "test/accuracy" in result.test


def test_nohup_lets_it_train_on_behind_a_closed_terminal(setup: Setup):
    with handle_signals({signal.SIGHUP: signal.SIG_IGN}):
        setup.callbacks = lambda: [When("on_train_batch_end", 2, signal.SIGHUP)]
        result, _ = setup.run()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    expected, _ = Setup(setup.folder / "whole").run()
    assert result.curves == expected.curves


def test_a_second_signal_does_not_wait(setup: Setup):
    seen = []

    class Impatient(Callback):
        def on_train_batch_start(self, *_: Any) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            seen.append("waited")
            os.kill(os.getpid(), signal.SIGINT)
            seen.append("waited again")

    setup.callbacks = lambda: [Impatient()]
    with pytest.raises(Interrupted):
        setup.run()
    assert seen == ["waited"]
    assert not (setup.folder / "checkpoints").exists()


def test_a_training_in_another_thread_leaves_the_signals_alone(setup: Setup):
    before = {name: signal.getsignal(name) for name in SIGNALS}
    during = []

    class Look(Callback):
        def on_train_batch_start(self, *_: Any) -> None:
            during.append({name: signal.getsignal(name) for name in SIGNALS})

    setup.callbacks = lambda: [Look()]
    with ThreadPoolExecutor(1) as thread:
        result, weights = thread.submit(setup.run).result()
    assert during == [before] * 15
    expected, expected_weights = Setup(setup.folder / "whole").run()
    assert result.curves == expected.curves
    assert all(torch.equal(weights[name], expected_weights[name]) for name in weights)


def test_a_test_in_another_thread_is_measured(setup: Setup):
    classifier, data, training = setup.build()
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(training.run, classifier, data, test=True).result()
    assert "test/accuracy" in result.test
