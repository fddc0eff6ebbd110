"""The name of a metric tells its direction, or the direction has to be given."""

import pytest

from reviewlab.exceptions import InputError
from reviewlab.judging.metrics import choose_mode, mode_of
from reviewlab.reporting.metric_table import best_mode, default_margin, metric_span


@pytest.mark.parametrize(
    "metric", ["accuracy", "loss", "f1_macro", "recall_angry", "mae", "calibration_error", "auroc"]
)
def test_our_own_metrics_have_the_direction_of_a_sweep(metric: str) -> None:
    assert mode_of(f"val/{metric}") == mode_of(metric) == best_mode(f"val/{metric}")


@pytest.mark.parametrize(
    ("metric", "mode"),
    [
        *(("metrics.test_acc", "max"), ("eval/F1-score", "max"), ("mean_reward", "max")),
        *(("RMSE", "min"), ("valid perplexity", "min"), ("log_loss", "min")),
        *(("neg_mean_squared_error", None), ("value", None), ("accuracy_loss", None)),
    ],
)
def test_metrics_of_other_projects(metric: str, mode: str | None) -> None:
    assert mode_of(metric) == mode


def test_a_given_direction_comes_before_that_of_the_study_and_of_the_name() -> None:
    assert choose_mode("loss", "max", "min") == "max"
    assert choose_mode("loss", None, "max") == "max"
    assert choose_mode("loss", None, None) == "min"
    with pytest.raises(InputError, match="mode: missing: 'height'"):
        choose_mode("height", None, None)


def test_only_known_metrics_have_a_range_and_a_margin() -> None:
    assert metric_span("rmse") is None
    assert metric_span("accuracy", [0.7, 0.8]) == 1
    assert metric_span("accuracy", [70, 80]) is None
    assert default_margin("accuracy", [70, 80]) is None
    assert default_margin("recall_loss") == 0.005
