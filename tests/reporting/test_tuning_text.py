"""The table and the sentence compare values at equally many trials."""

import numpy as np
import pytest

from reviewlab.reporting.tuning import TuningCurve, tuning_curve
from reviewlab.reporting.tuning_groups import TuningCurves
from reviewlab.reporting.tuning_text import compare, tuning_text


def flat(value: float, n: int, half: float) -> TuningCurve:
    values = np.full(n, value)
    return TuningCurve(np.arange(1, n + 1), values, values - half, values + half, n)


def tuned(curves: dict[str, TuningCurve], mode: str = "max", lost: int = 0) -> TuningCurves:
    return TuningCurves("model", "val/accuracy", mode, curves, lost, 0.95)


def test_the_table_has_powers_of_two_up_to_the_trials_that_there_are() -> None:
    values = [0.1 * n for n in range(1, 7)]
    curves = {
        name: tuning_curve(values[:n], range(1, n + 1), "max", (0.0, 1.0), 0.975)
        for name, n in (("gru", 2), ("lstm", 6))
    }
    lines = tuning_text(tuned(curves, lost=1), True, 100).splitlines()
    assert lines[0] == "tuning curves: val/accuracy of the best of k random trials"
    cells = [line.split() for line in lines[2:8]]
    assert cells[0] == ["model", "configurations", "trials", "median", "best", "band"]
    assert [line[:3] for line in cells[1:4]] == [
        ["gru", "2", "1"],
        ["2", "0.2000", "0.0000"],
        ["lstm", "6", "1"],
    ]
    assert [line[0] for line in cells[4:6]] == ["2", "4"]
    text = " ".join(lines)
    assert "all 2 bands hold together, at every k, with 95 % probability" in text
    assert "a grid is treated as if" in text
    assert "1 configuration without a value" in text
    assert "a grid" not in tuning_text(tuned(curves), False, 100)


@pytest.mark.parametrize(
    ("mode", "half", "end"),
    [
        ("max", 0.1, "lstm reaches 0.9000, gru reaches 0.6000: lstm is better."),
        ("max", 0.2, "their bands overlap, so none is shown to be better."),
        ("min", 0.1, "gru reaches 0.6000, lstm reaches 0.9000: gru is better."),
        ("min", 0.2, "their bands overlap, so none is shown to be better."),
    ],
)
def test_values_are_compared_at_equally_many_trials(mode: str, half: float, end: str) -> None:
    sentence = compare(tuned({"lstm": flat(0.9, 36, half), "gru": flat(0.6, 5, half)}, mode))
    assert sentence.startswith("After 4 trials each, ")
    assert sentence.endswith(end)


def test_of_several_values_only_some_may_be_behind() -> None:
    curves = {"lstm": flat(0.9, 4, 0.1), "gru": flat(0.8, 4, 0.1), "mlp": flat(0.5, 4, 0.1)}
    assert compare(tuned(curves)).endswith(": lstm is better than mlp.")
    assert compare(tuned({"lstm": flat(0.9, 1, 0.1)})) == "After 1 trial, lstm reaches 0.9000."
