"""Each value of a key gets a tuning curve from its configurations."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reviewlab.exceptions import InputError
from reviewlab.reporting.leaderboard import Leaderboard, build_leaderboard
from reviewlab.reporting.plan import NO_PLAN, Plan, RacePlan
from reviewlab.reporting.rows import Row
from reviewlab.reporting.tuning_groups import make_tuning_curves


def row(model: str, lr: float, value: float | None, seed: str = "0", **more: Any) -> Row:
    made: dict[str, Any] = {
        "folder": Path(f"{model}-{lr}-{seed}"),
        "state": "done",
        "settings": {"model": model.upper(), "model.size": 8, "optimizer.lr": lr},
        "choices": {"model": model},
        "configuration_id": f"{model}-{lr}",
        "seed": seed,
        "value": value,
    }
    return Row(**{**made, **more})


LSTM = {0.1: 0.5, 0.2: 0.6, 0.3: 0.7, 0.4: 0.8}
GRU = {0.1: 0.55, 0.2: 0.65}
ROWS = [
    *(row("lstm", lr, value) for lr, value in LSTM.items()),
    *(row("gru", lr, value) for lr, value in GRU.items()),
]


def board(rows: list[Row], mode: str = "max", plan: Plan = NO_PLAN) -> Leaderboard:
    return build_leaderboard(rows, "val/accuracy", mode, plan)


def test_the_first_group_that_varies_is_compared_unless_a_key_is_named() -> None:
    made = make_tuning_curves(board(ROWS), "")
    assert made.key == "model"
    assert {value: curve.n for value, curve in made.curves.items()} == {"gru": 2, "lstm": 4}
    assert made.curves["lstm"].trials.tolist() == [1, 2, 3, 4]
    assert made.confidence == pytest.approx(0.975)  # two bands that hold together
    for named in ("lr", "optimizer.lr"):
        assert [*make_tuning_curves(board(ROWS), named).curves] == ["0.1", "0.2", "0.3", "0.4"]


def test_a_configuration_counts_once_with_the_mean_of_its_seeds() -> None:
    again = [row("gru", lr, value + 0.02, "1") for lr, value in GRU.items()]
    curve = make_tuning_curves(board([*ROWS, *again]), "model").curves["gru"]
    assert curve.n == 2
    assert curve.median.tolist() == pytest.approx([0.56, 0.66])


def test_a_confirmed_trial_counts_with_its_own_value() -> None:
    plan = Plan(["7", "8"], race=RacePlan(["7", "8"], 1, [3]))
    confirming = [row("lstm", 0.4, 0.6, seed) for seed in ("7", "8")]
    confirmed = make_tuning_curves(board([*ROWS, *confirming], plan=plan), "model")
    plain = make_tuning_curves(board(ROWS), "model")
    for value, curve in plain.curves.items():
        assert (confirmed.curves[value].median == curve.median).all()


def test_a_trial_without_a_value_counts_as_the_worst_and_once() -> None:
    lost = [
        row("gru", 0.9, None, seed, state=state, configuration_id="")
        for seed, state in (("0", "pruned"), ("1", "failed"))
    ]
    waiting = row("gru", 0.8, None, state="running", configuration_id="")
    also_measured = row("gru", 0.1, None, "1", state="failed", configuration_id="")
    made = make_tuning_curves(board([*ROWS, *lost, waiting, also_measured]), "model")
    assert made.lost == 1
    assert made.curves["gru"].n == 3
    assert made.curves["gru"].median[0] == 0.55
    assert np.isfinite(made.curves["gru"].lower).all()


@pytest.mark.parametrize(
    ("rows", "named", "message"),
    [
        (ROWS, "modell", "'modell' does not vary; did you mean 'model'? allowed: model, optim"),
        (ROWS[:2], "", "no group varies; name a key; allowed: optimizer.lr"),
        (ROWS[:2], "lr", "optimizer.lr: each value has one configuration"),
        ([row(f"m{n}", lr, 0.5) for n in range(11) for lr in (1, 2)], "", "11 values are too many"),
        ([], "", "allowed: a sweep in which a key varies"),
        (
            [*ROWS, row("lstm", 0.1, 0.5, data="x", configuration_id="other")],
            "model",
            "the runs use 2 different data sets",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(rows: list[Row], named: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        make_tuning_curves(board(rows), named)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
