"""What is taken out of Lightning's step is what did nothing."""

from typing import Any

import pytest
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.training import fit


class Counting(Callback):
    """Overrides one hook in the class and one on the instance."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.on_after_backward = lambda *_: self.calls.append("on_after_backward")

    def on_train_batch_start(self, *_: Any) -> None:
        self.calls.append("on_train_batch_start")


def test_hooks_that_somebody_wrote_are_called(setup: Setup) -> None:
    counting = Counting()
    setup.callbacks = lambda: [counting]
    setup.run()
    assert counting.calls == ["on_train_batch_start", "on_after_backward"] * 15
    assert counting.on_before_backward is None


def test_the_run_is_the_same_without(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    result, weights = setup.run()
    monkeypatch.setattr(fit, "make_lean", lambda trainer, model: None)
    plain = Setup(setup.folder / "plain")
    plain_result, plain_weights = plain.run()
    assert result["curves"] == plain_result["curves"]
    assert all((weights[name] == plain_weights[name]).all() for name in weights)


def test_a_profiler_that_was_asked_for_still_measures(setup: Setup) -> None:
    setup.trainer["profiler"] = "simple"
    classifier, data, training = setup.build()
    training.run(classifier, data)
    recorded = classifier.trainer.profiler.recorded_durations
    assert any("on_train_batch_end" in action for action in recorded)
