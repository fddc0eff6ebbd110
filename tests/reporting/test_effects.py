"""Main effects: the settings that matter."""

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


def two_keys(folder: Path, effect_in: dict[str, float], noise: float = 0.001) -> list[Path]:
    """Write runs of two rates, two models and four seeds; rate 0.1 costs `effect_in[model]`."""
    return [
        run(
            folder / f"{model}-{lr}-{seed}",
            config(model, lr, seed),
            0.8 - (lr == 0.1) * cost + seed / 100 + noise * ((seed * 7 + int(lr * 30)) % 4 - 1.5),
        )
        for model, cost in effect_in.items()
        for lr in (0.01, 0.1)
        for seed in range(4)
    ]


def test_an_effect_in_one_value_of_another_key_is_not_clear(tmp_path: Path) -> None:
    """The best rows do not differ in this key."""
    made = board(two_keys(tmp_path, {"LSTM": 0.2, "GRU": -0.01}))
    rate = next(effect for effect in made.effects if effect.key == "optimizer.lr")
    worse = rate.levels[1]
    assert (worse.beyond_noise, worse.clear) == (True, False)
    assert worse.exception == ("model", "GRUClassifier")
    [line] = [line for line in effect_lines(made) if line.startswith("lr: ")]
    assert "(not with model=GRUClassifier); it depends on the other keys" in line
    assert "(clear)" not in line


def test_an_effect_in_every_value_of_another_key_is_clear(tmp_path: Path) -> None:
    made = board(two_keys(tmp_path, {"LSTM": 0.2, "GRU": 0.05}))
    rate = next(effect for effect in made.effects if effect.key == "optimizer.lr")
    assert (rate.levels[1].clear, rate.levels[1].exception) == (True, None)


def test_an_interval_wider_than_the_metric_is_no_finding(tmp_path: Path) -> None:
    values = {("0.01", 0): 0.1, ("0.01", 1): 0.9, ("0.1", 0): 0.5, ("0.1", 1): 0.2}
    folders = [
        run(tmp_path / f"{lr}-{seed}", config(lr=float(lr), seed=seed), value)
        for (lr, seed), value in values.items()
    ]
    made = board(folders)
    assert [level.half for effect in made.effects for level in effect.levels] == [None, None]
    assert "±" not in effect_lines(made)[0]
    assert "too few seeds to claim anything" in effect_lines(made)[0]
    assert [line.bounds for line in made.lines if line.settings["optimizer.lr"] == "0.01"] == [None]
