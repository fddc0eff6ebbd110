"""Cross-entropies against scikit-learn and against their formulas."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss
from sklearn.utils.class_weight import compute_class_weight
from tests.nn.objectives.cases import BINARY, COUNTS, LABELS, OUTPUTS
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.nn import BCE, MSE, CrossEntropy
from reviewlab.nn.objectives.decision import Decision


def test_cross_entropy_is_that_of_scikit_learn() -> None:
    objective = CrossEntropy(3)
    expected = log_loss(LABELS.numpy(), OUTPUTS.softmax(1).numpy())
    assert objective.loss(OUTPUTS, LABELS).item() == pytest.approx(expected, abs=1e-9)
    assert objective.training_loss(OUTPUTS, LABELS).item() == pytest.approx(expected, abs=1e-9)


def test_bce_is_that_of_scikit_learn() -> None:
    objective = BCE(2)
    outputs = OUTPUTS[:, :1]
    expected = log_loss(BINARY.numpy(), outputs[:, 0].sigmoid().numpy())
    assert objective.loss(outputs, BINARY).item() == pytest.approx(expected, abs=1e-9)


@given(st.floats(0, 0.99))
def test_smoothing_spreads_a_share_of_the_target_over_all_classes(smoothing: float) -> None:
    targets = torch.nn.functional.one_hot(LABELS) * (1 - smoothing) + smoothing / 3
    expected = -(targets * OUTPUTS.log_softmax(1)).sum(1).mean()
    objective = CrossEntropy(3, label_smoothing=smoothing)
    torch.testing.assert_close(objective.training_loss(OUTPUTS, LABELS), expected)
    torch.testing.assert_close(
        objective.loss(OUTPUTS, LABELS), CrossEntropy(3).loss(OUTPUTS, LABELS)
    )


@given(st.floats(0, 0.99))
def test_bce_smooths_as_keras_does(smoothing: float) -> None:
    probability = OUTPUTS[:, 0].sigmoid()
    targets = BINARY * (1 - smoothing) + 0.5 * smoothing
    expected = -(targets * probability.log() + (1 - targets) * (1 - probability).log()).mean()
    objective = BCE(2, label_smoothing=smoothing)
    torch.testing.assert_close(objective.training_loss(OUTPUTS[:, :1], BINARY), expected)


@given(st.floats(0, 0.99), st.floats(-30, 30), st.sampled_from(["none", "balanced"]))
def test_bce_is_cross_entropy_with_two_classes(smoothing: float, output: float, w: str) -> None:
    one = torch.tensor([[output], [output]], dtype=torch.float64)
    two = torch.cat([torch.zeros_like(one), one], 1)
    labels = torch.tensor([0, 1])
    bce, ce = BCE(2, smoothing, w, [30, 10]), CrossEntropy(2, smoothing, w, [30, 10])
    torch.testing.assert_close(bce.training_loss(one, labels), ce.training_loss(two, labels))
    torch.testing.assert_close(bce.probabilities(one), ce.probabilities(two))
    assert torch.equal(bce.predictions(one), ce.predictions(two))


def test_bce_stays_finite_at_extreme_outputs() -> None:
    outputs = torch.tensor([[1e4], [-1e4]])
    assert BCE(2).loss(outputs, torch.tensor([0, 1])).item() == pytest.approx(1e4)


def test_half_precision_outputs_do_not_round_smoothed_targets() -> None:
    outputs = torch.zeros(1, 1, dtype=torch.bfloat16)
    loss = BCE(2, label_smoothing=0.01).training_loss(outputs + 8, torch.tensor([1]))
    assert loss.item() == pytest.approx(8 * 0.005 + np.log1p(np.exp(-8)), abs=1e-6)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=5))
def test_balanced_weights_are_scikit_learns_and_have_mean_one(counts: list[int]) -> None:
    weights = CrossEntropy(len(counts), class_weight="balanced", class_counts=counts).class_weights
    labels = np.repeat(np.arange(len(counts)), counts)
    expected = compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels)
    np.testing.assert_allclose(weights, expected, rtol=1e-5)
    assert weights.numpy()[labels].mean() == pytest.approx(1, abs=1e-4)


def test_listed_weights_keep_their_ratio_and_have_mean_one() -> None:
    weights = CrossEntropy(3, class_weight=[1.0, 2.0, 4.0], class_counts=COUNTS).class_weights
    torch.testing.assert_close(weights / weights[0], torch.tensor([1.0, 2.0, 4.0]))
    assert weights[LABELS].mean().item() == pytest.approx(1)


def test_a_class_that_training_lacks_has_a_finite_weight() -> None:
    weights = CrossEntropy(3, class_weight="balanced", class_counts=[4, 0, 4]).class_weights
    assert weights.isfinite().all()


def test_a_weight_multiplies_the_loss_of_its_class_in_training_only() -> None:
    objective = CrossEntropy(3, 0.1, "balanced", COUNTS)
    plain = CrossEntropy(3, 0.1)
    weighted = [
        w * plain.training_loss(OUTPUTS[i : i + 1], LABELS[i : i + 1])
        for i, w in enumerate(objective.class_weights[LABELS])
    ]
    expected = torch.stack(weighted).mean()
    torch.testing.assert_close(objective.training_loss(OUTPUTS, LABELS), expected)
    torch.testing.assert_close(objective.loss(OUTPUTS, LABELS), plain.loss(OUTPUTS, LABELS))


@pytest.mark.parametrize("decision", ["mode", "median", "mean"])
def test_a_decision_changes_what_is_predicted_and_nothing_else(decision: Decision) -> None:
    plain, decided = CrossEntropy(3, 0.1), CrossEntropy(3, 0.1, decision=decision)
    outputs = torch.tensor([[1.0, 0.0, 0.95], [0.3, 0.1, 0.2]])
    expected = {"mode": [0, 0], "median": [1, 1], "mean": [1, 1]}[decision]
    assert decided.predictions(outputs).tolist() == expected
    for name in ("training_loss", "loss"):
        assert torch.equal(
            getattr(decided, name)(OUTPUTS, LABELS), getattr(plain, name)(OUTPUTS, LABELS)
        )
    assert torch.equal(decided.probabilities(outputs), plain.probabilities(outputs))
    assert torch.equal(decided.evidence(outputs, 2), plain.evidence(outputs, 2))


def test_a_decision_can_be_changed_and_is_among_the_arguments() -> None:
    objective = CrossEntropy(5)
    objective.decide_by("median", ordinal=True)
    again = CrossEntropy(**objective.arguments)
    assert again.decision == objective.decision == "median"
    with pytest.raises(InputError, match=r"^decision: 'mean' .* classes without an order"):
        objective.decide_by("mean", ordinal=False)
    assert objective.decision == "median"


def test_an_objective_that_decides_in_one_way_says_so() -> None:
    for objective in (BCE(2), MSE(5)):
        with pytest.raises(InputError, match=rf"^decision: 'mean' .*{type(objective).__name__}"):
            objective.decide_by("mean", ordinal=True)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BCE(5), r"^loss: bce .* 5;"),
        (lambda: BCE(1), r"^loss: bce .* 1;"),
        (lambda: CrossEntropy(2, decision="mean"), r"^loss\.decision: 'mean' .* 2 classes;"),
        (lambda: CrossEntropy(3, decision="mean", ordinal=False), r"^loss\.decision: .* an order;"),
        (lambda: CrossEntropy(3, class_weight=[1.0, 2.0]), r"^loss\.class_weight: \[1.0, 2.0\]"),
    ],
)
def test_what_the_classes_do_not_allow_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_weights_follow_the_objective_to_its_device() -> None:
    assert isinstance(BCE(2, class_weight="balanced", class_counts=[1, 2]).class_weights, Tensor)
    moved = BCE(2, class_weight="balanced", class_counts=[1, 2]).to("meta")
    assert moved.class_weights.device.type == "meta"


def test_evidence_is_the_log_odds_of_a_class() -> None:
    for objective, outputs in ((CrossEntropy(3), OUTPUTS), (BCE(2), OUTPUTS[:, :1])):
        for label in range(objective.arguments["num_classes"]):
            expected = objective.probabilities(outputs)[:, label].logit()
            torch.testing.assert_close(objective.evidence(outputs, label), expected)
