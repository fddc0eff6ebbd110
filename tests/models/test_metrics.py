"""Our metrics equal those of scikit-learn for any batch size."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    recall_score,
    roc_auc_score,
)
from torch import Tensor

from reviewlab.models.metrics import CALIBRATION_BINS, EpochMetrics, metric_names
from reviewlab.nn import BCE, MSE, CrossEntropy, Objective

STARS = ("1", "2", "3", "4", "5")


def measure(objective: Objective, outputs: Tensor, labels: Tensor, size: int) -> dict[str, float]:
    names = STARS[: 2 if outputs.shape[1] == 1 and not isinstance(objective, MSE) else 5]
    metrics = EpochMetrics(objective, names)
    for start in range(0, len(labels), size):
        metrics.update(outputs[start : start + size], labels[start : start + size])
    return metrics.compute()


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    confidence, predicted = probabilities.max(1), probabilities.argmax(1)
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = (
        np.abs((predicted[bins == b] == labels[bins == b]).mean() - confidence[bins == b].mean())
        * (bins == b).mean()
        for b in np.unique(bins)
    )
    return float(sum(gaps))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), size=st.integers(1, 70), reviews=st.integers(2, 60))
def test_metrics_equal_scikit_learn(seed: int, size: int, reviews: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    outputs = 3 * torch.randn(reviews, 5, generator=generator)
    labels = torch.randint(5, (reviews,), generator=generator)
    values = measure(CrossEntropy(num_classes=5, label_smoothing=0.1), outputs, labels, size)
    true, predicted = labels.numpy(), outputs.argmax(1).numpy()
    probabilities = outputs.double().softmax(1).numpy()
    recalls = recall_score(true, predicted, labels=range(5), average=None, zero_division=0)
    # torchmetrics leaves classes that neither occur nor are predicted out of the mean, and so do we
    seen = sorted(set(true) | set(predicted))
    expected = {
        "loss": log_loss(true, probabilities, labels=range(5)),
        "accuracy": accuracy_score(true, predicted),
        "f1_macro": f1_score(true, predicted, labels=seen, average="macro", zero_division=0),
        "mae": mean_absolute_error(true, predicted),
        "calibration_error": calibration_error(probabilities, true),
        "predicted_classes": len(set(predicted)),
        **{f"recall_{name}": r for name, r in zip(STARS, recalls, strict=True)},
    }
    assert values == pytest.approx(expected, abs=1e-6)


def test_two_classes_have_no_stars() -> None:
    outputs, labels = torch.tensor([[2.0], [-1.0], [0.5]]), torch.tensor([1, 0, 0])
    values = measure(BCE(num_classes=2), outputs, labels, 2)
    assert "mae" not in values
    assert values["accuracy"] == pytest.approx(2 / 3)
    assert values["loss"] == pytest.approx(
        log_loss([1, 0, 0], outputs.double().sigmoid().numpy().ravel()), abs=1e-6
    )


@pytest.mark.parametrize("names", [STARS, STARS[:2]])
def test_every_metric_is_named_for_the_monitor(names: tuple[str, ...]) -> None:
    outputs, labels = torch.randn(9, len(names)), torch.arange(9) % len(names)
    values = EpochMetrics(CrossEntropy(num_classes=len(names)), names)
    values.update(outputs, labels)
    assert set(values.compute()) == metric_names(names)


def test_the_training_loss_weighs_a_short_batch_by_its_size() -> None:
    metrics = EpochMetrics(CrossEntropy(num_classes=2), STARS[:2])
    metrics.update(torch.zeros(3, 2), torch.zeros(3, dtype=torch.int64), torch.tensor(1.0))
    metrics.update(torch.zeros(1, 2), torch.zeros(1, dtype=torch.int64), torch.tensor(5.0))
    assert metrics.compute()["training_loss"] == pytest.approx(2.0)


def test_a_loss_that_is_not_a_number_makes_the_mean_none() -> None:
    metrics = EpochMetrics(CrossEntropy(num_classes=2), STARS[:2])
    for loss in (1.0, float("nan")):
        metrics.update(torch.zeros(3, 2), torch.zeros(3, dtype=torch.int64), torch.tensor(loss))
    assert np.isnan(metrics.compute()["training_loss"])


def test_a_class_that_is_only_predicted_counts_as_predicted() -> None:
    outputs = torch.tensor([[9.0, 0, 0, 0, 0], [0, 0, 9.0, 0, 0], [0, 0, 9.0, 0, 0]])
    values = measure(CrossEntropy(num_classes=5), outputs, torch.tensor([1, 1, 2]), 2)
    assert values["predicted_classes"] == 2


def test_an_epoch_is_measured_alone() -> None:
    metrics = EpochMetrics(CrossEntropy(num_classes=2), STARS[:2])
    right, wrong = torch.tensor([[5.0, 0.0]]), torch.tensor([[0.0, 5.0]])
    metrics.update(wrong, torch.tensor([0]))
    assert metrics.compute()["accuracy"] == 0
    metrics.update(right, torch.tensor([0]))
    assert metrics.compute()["accuracy"] == 1


def test_an_interrupted_epoch_is_measured_whole() -> None:
    outputs, labels = torch.randn(8, 2), torch.arange(8) % 2
    whole, first, second = (EpochMetrics(CrossEntropy(num_classes=2), STARS[:2]) for _ in range(3))
    whole.update(outputs, labels, torch.tensor(1.0))
    first.update(outputs[:5], labels[:5], torch.tensor(1.0))
    second.add_state(first.state(), torch.device("cpu"))
    second.update(outputs[5:], labels[5:], torch.tensor(1.0))
    assert second.compute() == whole.compute()


def test_an_interrupted_epoch_is_taken_up_where_it_is_trained() -> None:
    first, second = (EpochMetrics(CrossEntropy(num_classes=2), STARS[:2]) for _ in range(2))
    first.update(torch.randn(8, 2), torch.arange(8) % 2)
    second.add_state(first.state(), torch.device("meta"))
    assert {part.device.type for part in second.so_far()} == {"meta"}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), reviews=st.integers(2, 60), scale=st.sampled_from([1, 60]))
def test_two_classes_are_ranked_as_in_scikit_learn(seed: int, reviews: int, scale: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    outputs = scale * torch.randn(reviews, 1, generator=generator)
    labels = torch.arange(reviews) % 2
    values = measure(BCE(num_classes=2), outputs, labels, 7)
    log_odds = outputs[:, 0].double().numpy()
    assert values["auroc"] == pytest.approx(roc_auc_score(labels.numpy(), log_odds), abs=1e-6)
    expected = average_precision_score(labels.numpy(), log_odds)
    assert values["average_precision"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_alone_has_no_ranking(label: int) -> None:
    labels = torch.full((3,), label)
    values = measure(BCE(num_classes=2), torch.randn(3, 1), labels, 2)
    assert (values["auroc"], values["average_precision"]) == (0.0, 0.0)


def test_outputs_that_are_no_numbers_are_measured() -> None:
    outputs, labels = torch.full((4, 1), float("nan")), torch.arange(4) % 2
    assert 0 <= measure(BCE(num_classes=2), outputs, labels, 2)["auroc"] <= 1


def test_training_reviews_are_not_ranked() -> None:
    metrics = EpochMetrics(CrossEntropy(num_classes=2), STARS[:2], held_out=False)
    metrics.update(torch.randn(4, 2), torch.arange(4) % 2)
    assert not {"auroc", "average_precision"} & metrics.compute().keys()


def test_classes_without_an_order_have_no_distance() -> None:
    names = ("sport", "politics", "science")
    metrics = EpochMetrics(CrossEntropy(num_classes=3), names, ordinal=False)
    metrics.update(torch.randn(6, 3), torch.arange(6) % 3)
    values = metrics.compute()
    assert values.keys() == metric_names(names, ordinal=False)
    assert "mae" not in values


def test_a_batch_that_a_line_search_evaluates_again_counts_once() -> None:
    """The first outputs count; another batch with equal labels is a different batch."""
    objective, labels = CrossEntropy(5), torch.tensor([0, 1, 2])
    first, second = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    metrics = EpochMetrics(objective, STARS, held_out=False)
    for outputs in (first, second, second):
        metrics.update(outputs, labels, objective.training_loss(outputs, labels))
    searched = metrics.compute()
    metrics.update(first, labels, objective.training_loss(first, labels))
    assert metrics.compute() == searched
    for outputs in (first, second):
        own = labels.clone()
        metrics.update(outputs, own, objective.training_loss(outputs, own))
    both = metrics.compute()["loss"]
    expected = (objective.loss(first, labels) + objective.loss(second, labels)) / 2
    assert both == pytest.approx(expected.item(), abs=1e-6) != searched["loss"]


def test_the_same_batch_in_the_next_epoch_counts_again() -> None:
    objective, labels = CrossEntropy(5), torch.tensor([0, 1, 2])
    metrics = EpochMetrics(objective, STARS)
    outputs = torch.zeros(3, 5)
    for _ in range(2):
        metrics.update(outputs, labels)
        assert metrics.compute()["accuracy"] == pytest.approx(1 / 3)
