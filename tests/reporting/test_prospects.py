"""What a difference means: its size, the chance of a single run, and the seeds it needs."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.reporting.test_equivalence import seen

from reviewlab.reporting.plan import RacePlan
from reviewlab.reporting.prospects import Prospect, prospects
from reviewlab.reporting.race import Standing
from reviewlab.reporting.seeds import SeedTable
from reviewlab.reporting.step_down import PairTests, against

NOTHING = Prospect(None, None, None)


def outlook(table: SeedTable, *arguments: Any) -> list[Prospect]:
    return prospects(PairTests(table), *arguments)


def test_the_best_has_nothing_to_be_compared_with() -> None:
    assert outlook(seen(np.zeros((0, 0))), [], "max", None) == []
    assert outlook(seen(np.array([[1.0, 2.0]])), [False], "max", None) == [NOTHING]


def test_the_effect_and_the_chance_follow_from_the_noise_of_a_run() -> None:
    values = np.array([[2.0, 3.0, 4.0, 5.0], [1.5, 1.5, 4.0, 4.0]])
    table = seen(values)
    deviation = np.std(values[0] - values[1], ddof=1)
    other = outlook(table, [False, False], "max", None)[1]
    assert other.effect == pytest.approx(-0.75 / (deviation / np.sqrt(2)))
    rng = np.random.default_rng(0)
    wins = rng.normal(-0.75, deviation, 100_000) > 0
    assert other.chance == pytest.approx(wins.mean(), abs=0.01)
    assert other.seeds_needed is None


@given(arrays(float, (3, 4), elements=st.integers(0, 9).map(float)), st.floats(0.1, 10))
def test_a_loss_is_a_metric_with_the_sign_changed(values: np.ndarray, scale: float) -> None:
    one = outlook(seen(values), [False, True, True], "max", None)
    for other in (
        outlook(seen(-values), [False, True, True], "min", None),
        outlook(seen(scale * values), [False, True, True], "max", None),
    ):
        for found, wanted in zip(other, one, strict=True):
            assert (found.effect is None) == (wanted.effect is None)
            if wanted.effect is not None and np.isfinite(wanted.effect):
                assert found.effect == pytest.approx(wanted.effect, abs=1e-6)
                assert found.chance == pytest.approx(wanted.chance, abs=1e-6)


def test_seeds_are_needed_only_where_nothing_is_decided_yet() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3, 3)) - np.array([[0.0], [0.7], [30.0]])
    worse = against(seen(values, 3), 0) < 0.05
    assert worse.tolist() == [False, False, True]
    _, near, far = outlook(seen(values, 3), [False, True, False], "max", None)
    assert near.seeds_needed is not None and near.seeds_needed > 3
    assert far.seeds_needed is None


def test_planned_seeds_that_have_not_run_yet_are_the_cheapest() -> None:
    values = np.array([[0.0, 1.0, 0.3], [-2.0, -2.5, -1.0]])
    begun = seen(values, 6)  # three of six planned seeds have run
    done = seen(values, 3)
    waiting, over = (outlook(t, [False, True], "max", None)[1] for t in (begun, done))
    assert waiting.seeds_needed == 6
    assert over.seeds_needed is not None and over.seeds_needed > 6


def test_without_noise_nothing_is_known() -> None:
    one_seed = seen(np.array([[1.0], [2.0]]))
    assert outlook(one_seed, [False, False], "max", None)[1] == NOTHING
    fixed = seen(np.array([[2.0, 2.0], [1.0, 1.0]]), fixed=(0, 1))
    assert outlook(fixed, [False, False], "max", None)[1] == NOTHING


def test_rounds_added_to_a_race_do_not_make_its_plan_longer() -> None:
    values = np.array([[0.0, 1.0, 0.3], [-1.0, -1.5, 0.0]])
    needed = []
    for rounds in ("012", "012345"):
        race = Standing(RacePlan([*rounds], 2), 3, [0, 1], {}, {}, ())
        needed.append(outlook(seen(values, 3), [False, True], "max", None, race)[1].seeds_needed)
    assert needed[0] == needed[1] is not None
