"""The analysis of variance of a grid, checked against nested least squares."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reviewlab.reporting.variance import Variance, analyse_variance

KEYS = ("a", "b", "c")
numbers = st.floats(-1, 1).map(lambda x: round(x, 3))
grids = st.tuples(*[st.integers(2, 3)] * 3, st.integers(2, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=numbers)
)


def analysed(grid: np.ndarray, mode: str = "max") -> Variance | None:
    """Analyse runs given as an array with an axis for each key and one for the seeds."""
    levels = [range(size) for size in grid.shape[:-1]]
    rows = [*itertools.product(*levels)]
    keys = KEYS[: len(levels)]
    named = [dict(zip(keys, map(str, row), strict=True)) for row in rows]
    return analyse_variance(keys, named, np.array([grid[row] for row in rows]), mode)


def unexplained(grid: np.ndarray, terms: list[tuple[int, ...]]) -> float:
    """Return the sum of squares that a model with these terms, each a set of axes, leaves."""
    places = np.indices(grid.shape).reshape(grid.ndim, -1)
    columns = [np.ones((grid.size, 1))]
    for term in terms:
        code = np.ravel_multi_index(tuple(places[list(term)]), [grid.shape[i] for i in term])
        columns.append(np.eye(int(code.max()) + 1)[code])
    design, values = np.concatenate(columns, axis=1), grid.ravel()
    fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return float(((values - fitted) ** 2).sum())


@settings(max_examples=25)
@given(grids)
def test_shares_are_those_of_nested_models(grid: np.ndarray) -> None:
    assume(grid.std() > 1e-3)
    found = analysed(grid)
    total = unexplained(grid, [])
    mains, pairs = [(0,), (1,), (2,)], [*itertools.combinations(range(3), 2)]
    everything = [*mains, *pairs]
    for part in found.components:
        term = tuple(KEYS.index(key) for key in part.keys)
        others = mains if len(term) == 1 else everything
        without = unexplained(grid, [other for other in others if other != term])
        own = (without - unexplained(grid, others)) / total
        assert part.share == pytest.approx(own, abs=1e-9)
    assert found.seeds == pytest.approx(1 - unexplained(grid, [(3,)]) / total, abs=1e-9)
    noise = unexplained(grid, [(0, 1, 2), (3,)]) / total
    assert found.noise == pytest.approx(noise, abs=1e-9)


@given(grids)
def test_all_shares_together_are_the_whole(grid: np.ndarray) -> None:
    assume(grid.std() > 1e-3)
    found = analysed(grid)
    shares = [part.share for part in found.components]
    assert sum(shares) + found.further + found.seeds + found.noise == pytest.approx(1)


def test_the_p_value_is_that_of_the_f_test() -> None:
    """With two values of each key, the F test of an interaction is the t test of its contrast."""
    grid = np.random.default_rng(1).normal(size=(2, 2, 6))
    contrast = grid[0, 0] - grid[0, 1] - grid[1, 0] + grid[1, 1]
    found = {part.keys: part for part in analysed(grid).components}["a", "b"]
    noise = unexplained(grid, [(0, 1), (2,)]) / 15
    t = contrast.mean() / np.sqrt(4 * noise / 6)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 15))


@pytest.mark.parametrize(("mode", "best"), [("max", "1"), ("min", "0")])
def test_a_pair_names_the_best_value_of_one_key_for_each_of_the_other(mode: str, best: str) -> None:
    grid = np.zeros((2, 2, 2))
    grid[0, 1] = grid[1, 0] = 1.0
    pair = {part.keys: part for part in analysed(grid, mode).components}["a", "b"]
    other = "1" if best == "0" else "0"
    assert pair.best == (("0", best), ("1", other))
    assert pair.share == pytest.approx(1)
    assert pair.p is None  # there is no noise to compare with


def test_only_a_full_grid_of_several_keys_is_analysed() -> None:
    values = np.random.default_rng(2).normal(size=(3, 4))
    one_key = [{"a": str(i)} for i in range(3)]
    three_of_four = [{"a": str(i // 2), "b": str(i % 2)} for i in range(3)]
    assert analyse_variance(["a"], one_key, values, "max") is None
    assert analyse_variance(["a", "b"], three_of_four, values, "max") is None
    assert analysed(np.ones((2, 2, 3))) is None


def test_seeds_that_some_configuration_lacks_are_left_out() -> None:
    grid = np.random.default_rng(3).normal(size=(2, 2, 4))
    lost = grid.copy()
    lost[0, 0, 3] = np.nan
    assert analysed(lost) == analysed(grid[..., :3])
