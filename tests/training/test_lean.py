"""Only parts without effect are removed from Lightning's step."""

import inspect
from contextlib import nullcontext
from typing import Any

import pytest
from pytorch_lightning import Callback
from pytorch_lightning.plugins import Precision
from pytorch_lightning.utilities.signature_utils import is_param_in_hook_signature
from tests.training.tiny import Setup

from reviewlab.models import ReviewClassifier
from reviewlab.training import fit
from reviewlab.training.lean import NO_CONTEXT


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
    assert result.curves == plain_result.curves
    assert all((weights[name] == plain_weights[name]).all() for name in weights)


def test_a_profiler_that_was_asked_for_still_measures(setup: Setup) -> None:
    setup.trainer["profiler"] = "simple"
    classifier, data, training = setup.build()
    training.run(classifier, data)
    recorded = classifier.trainer.profiler.recorded_durations
    assert any("on_train_batch_end" in action for action in recorded)


def test_a_precision_that_changes_nothing_takes_no_context(setup: Setup) -> None:
    classifier, data, training = setup.build()
    training.run(classifier, data)
    assert classifier.trainer.precision_plugin.train_step_context() is NO_CONTEXT
    assert type(Precision().forward_context()) is nullcontext  # the one that it would enter


def test_another_precision_keeps_its_context(setup: Setup) -> None:
    setup.trainer["precision"] = "64-true"  # supported by every processor
    classifier, data, training = setup.build()
    training.run(classifier, data)
    assert "train_step_context" not in vars(classifier.trainer.precision_plugin)


def test_lightning_reads_the_signature_that_is_kept(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier, data, training = setup.build()
    training.run(classifier, data)
    step, validation_step = ReviewClassifier.training_step, ReviewClassifier.validation_step
    assert vars(step)["__signature__"] == inspect.signature(step)
    assert vars(validation_step)["__signature__"] == inspect.signature(validation_step)

    def takes_more(self: Any, batch: Any, batch_idx: int) -> None: ...

    def indexed() -> bool:
        return is_param_in_hook_signature(classifier.training_step, "batch_idx", min_args=2)

    assert not indexed()
    monkeypatch.setattr(step, "__signature__", inspect.signature(takes_more))
    assert indexed()


@pytest.mark.parametrize(("limit", "clips"), [(None, 0), (0.0, 0), (0.01, 15)])
def test_gradients_are_clipped_where_a_limit_is_set(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, limit: float | None, clips: int
) -> None:
    calls = []
    monkeypatch.setattr(Precision, "clip_gradients", lambda *arguments: calls.append(arguments))
    setup.trainer["gradient_clip_val"] = limit
    setup.run()
    assert [arguments[2] for arguments in calls] == [limit] * clips
