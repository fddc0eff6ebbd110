"""The table of metrics is aligned and in a fixed order, with gaps for missing values."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, recall_score

from reviewlab.reporting.metric_table import baseline, of_split, table


def test_columns_are_aligned_and_the_loss_comes_first():
    columns = {
        "validation": {"recall_a": 0.25, "accuracy": 1.0, "loss": 12.345678, "training_loss": 1.0},
        "always a": {"accuracy": 0.5},
    }
    assert table(columns) == (
        "          validation  always a\n"
        "loss         12.3457\n"
        "accuracy      1.0000    0.5000\n"
        "recall_a      0.2500"
    )


def test_nan_is_shown():
    assert "nan" in table({"test": {"loss": float("nan")}})


def test_metrics_are_taken_by_split():
    metrics = {"train/loss": 1.0, "val/loss": 2.0, "val/accuracy": 0.5, "epoch": 3}
    assert of_split(metrics, "val") == {"loss": 2.0, "accuracy": 0.5}


@pytest.mark.parametrize("commonest", [0, 2])
def test_the_simplest_guess_is_measured_as_scikit_learn_does(commonest):
    labels = np.array([0, 2, 2, 1, 2, 0])
    guess = np.full(6, commonest)
    recalls = recall_score(labels, guess, average=None, zero_division=0)
    assert baseline(labels, commonest, "abc") == pytest.approx(
        {
            "accuracy": accuracy_score(labels, guess),
            "f1_macro": f1_score(labels, guess, average="macro", zero_division=0),
            "mae": mean_absolute_error(labels, guess),
            "predicted_classes": 1,
            **{f"recall_{name}": recall for name, recall in zip("abc", recalls, strict=True)},
        }
    )


def test_a_guess_among_classes_without_an_order_has_no_distance() -> None:
    labels = np.array([0, 0, 1, 2])
    assert "mae" in baseline(labels, 0, ("a", "b", "c"))
    assert "mae" not in baseline(labels, 0, ("a", "b", "c"), ordinal=False)
