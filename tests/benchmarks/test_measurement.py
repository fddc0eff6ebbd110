"""Both ways are measured in turn."""

from functools import partial

import pytest

from reviewlab.benchmarks import (
    encoding,
    predicting,
    training,
)
from reviewlab.benchmarks.measurement import alternate


@pytest.mark.parametrize(
    "measure",
    [training.epoch, encoding.cold, encoding.warm, predicting.predict],
    ids=lambda measure: measure.__name__,
)
def test_a_row_measures_both_ways_as_often_as_it_was_told(bench, measure):
    pairs = measure(bench)
    assert len(pairs.ours) == len(pairs.reference) == 2
    assert min(*pairs.ours, *pairs.reference) > 0


def test_both_ways_take_turns():
    turns = []
    values = iter([3.0, 1.0, 10.0, 5.0, 8.0, 2.0])

    def turn(name):
        turns.append(name)
        return next(values)

    pairs = alternate(partial(turn, "ours"), partial(turn, "reference"), 3)
    assert turns == ["ours", "reference"] * 3
    assert pairs.ratio == 3.0  # of 3, 2 and 4
    assert pairs.difference == 5.0  # of 2, 5 and 6
