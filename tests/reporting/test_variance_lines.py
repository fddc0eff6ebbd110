"""The analysis of variance in sentences."""

import numpy as np
from tests.reporting.test_variance import analysed

from reviewlab.reporting.variance_lines import variance_lines

SHORT = {"a": "model", "b": "lr", "c": "depth"}


def lines(grid: np.ndarray) -> list[str]:
    noise = np.random.default_rng(0).normal(0, 0.2, (*grid.shape, 4))
    return [*variance_lines(analysed(grid[..., None] + noise), SHORT)]


def test_shares_are_listed_and_an_interaction_names_the_best_values() -> None:
    shares, pair = lines(np.array([[0.0, 1.0], [2.0, 1.0]]))
    assert shares.startswith("variance of the runs: model ")
    assert shares.index("model x lr ") < shares.index("noise ")
    assert pair.startswith("model and lr act together (")
    assert pair.endswith("of the variance): best lr 1 with model=0, 0 with model=1")


def test_an_interaction_may_leave_the_best_value_the_same() -> None:
    _, pair = lines(np.array([[0.0, 1.0], [0.0, 3.0]]))
    assert pair.endswith("best lr 1 with every model, by different leads")


def test_keys_that_add_up_have_no_sentence_of_their_own() -> None:
    [shares] = lines(np.array([[0.0, 1.0], [2.0, 3.0]]))
    assert "model x lr" not in shares
