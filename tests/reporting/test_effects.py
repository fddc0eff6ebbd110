"""Main effects: which settings matter."""

from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.cells import effect_lines


def test_the_rate_matters_and_the_model_does_not(tmp_path: Path) -> None:
    model, rate = board(grid(tmp_path)).effects
    assert (rate.key, rate.levels[0].value, rate.levels[1].clear) == ("optimizer.lr", "0.01", True)
    assert rate.settings == 2
    assert rate.runs == 6
    assert rate.levels[1].difference == pytest.approx(-0.1, abs=0.01)
    assert model.levels[1].clear is False


def test_what_float32_cannot_tell_apart_is_no_difference(tmp_path: Path) -> None:
    for place, lr in enumerate((0.1, 0.2)):
        for seed in range(2):
            run(tmp_path / f"{lr}-{seed}", config(lr=lr, seed=seed), 0.7 + seed / 10 + 5e-8 * place)
    made = board(list(tmp_path.iterdir()))
    assert [level.difference for level in made.effects[0].levels] == [0, 0]
    assert "+0.0000" in effect_lines(made)[0]


def test_nothing_is_compared_where_the_rest_is_never_the_same(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / f"{lr}{seed}", config(lr=lr, seed=seed, size=int(lr * 100)), 0.8 + seed / 10)
        for lr in (0.1, 0.2)
        for seed in range(2)
    ]
    assert [effect.levels for effect in board(folders).effects] == [(), ()]
