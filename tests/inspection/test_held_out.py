"""Figures show the whole validation split, at the step of the validation."""

import numpy as np
import pytest
import torch
from tests.clock import Clock
from tests.inspection.conftest import Looked

from reviewlab.inspection import HeldOut, budget, held_out


def test_recall_over_time_is_the_logged_one_also_after_a_resume(looked: Looked) -> None:
    watching = HeldOut()
    _, result = looked.train(watching)
    expected = [
        [epoch["val/recall_negative"], epoch["val/recall_positive"]] for epoch in result.curves
    ]
    kept = watching.state_dict()["recalls"]
    assert [epoch for epoch, _ in kept] == [1, 2, 3]
    np.testing.assert_allclose([recalls for _, recalls in kept], expected, atol=1e-6)
    other = HeldOut()
    other.load_state_dict(watching.state_dict())
    assert other.state_dict()["recalls"] == kept


def test_an_epoch_without_a_validation_has_nothing_new(looked: Looked, monkeypatch) -> None:
    monkeypatch.setattr(budget, "time", Clock())
    looked.setup.trainer["check_val_every_n_epoch"] = 2
    looked.train(watching := HeldOut(every_n_epochs=1))
    assert [event.step for event in looked.events.Images("held_out/recall")] == [10]
    assert len(watching.budget._looks) == 1  # drawing nothing does not count
    assert min(watching.budget._looks) > 0.0009


def test_figures_stand_at_the_step_of_their_validation(looked: Looked) -> None:
    looked.setup.trainer["check_val_every_n_epoch"] = 2
    looked.train(HeldOut(every_n_epochs=3))
    assert [event.step for event in looked.events.Images("held_out/recall")] == [10]


def test_a_run_from_before_looking_was_counted_is_gone_on_with(looked: Looked) -> None:
    watching = HeldOut()
    watching.load_state_dict({"recalls": [(1, [0.5, 0.5])]})
    assert watching.state_dict()["recalls"] == [(1, [0.5, 0.5])]


def test_nothing_held_out_is_nothing_to_show(looked: Looked, caplog) -> None:
    looked.setup.data["validation"] = 0.0
    with caplog.at_level("INFO", "reviewlab"):
        looked.train(HeldOut())
    assert "without held-out reviews" in caplog.text


def test_processes_put_their_reviews_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def gather(parts, own):
        parts[:] = [own, tuple(part + 10 for part in own)]

    monkeypatch.setattr(torch.distributed, "all_gather_object", gather)
    own = (torch.tensor([1]), torch.tensor([[0.5, 0.5]]), torch.tensor([0]))
    predictions, probabilities, labels = held_out.reviews_of_all_ranks(own, 2)
    assert predictions.tolist() == [1, 11] and labels.tolist() == [0, 10]
    assert probabilities.shape == (2, 2)
