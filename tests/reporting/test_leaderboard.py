"""Facts about the leaderboard: what a line is, in which order, and what is left out."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.cells import effect_lines
from reviewlab.reporting.leaderboard import Leaderboard, leaderboard
from reviewlab.reporting.varied import short_keys, shown


def board(folders: list[Path], mode: str = "max") -> Leaderboard:
    return leaderboard(folders, "val/accuracy", mode)


def test_seeds_are_folded_and_only_what_varies_is_shown(tmp_path: Path) -> None:
    made = board(grid(tmp_path))
    assert made.keys == ["model", "optimizer.lr"]
    assert [line.n for line in made.lines] == [3] * 4
    assert made.lines[0].settings["optimizer.lr"] == "0.01"


def test_experiments_vary_one_thing_however_many_keys_they_set(tmp_path: Path) -> None:
    folders = [
        run(
            tmp_path / f"{name}-{rate}-{seed}",
            config(model, rate, seed, **({"dropout": 0.1} if name == "b" else {})),
            overrides=(f"experiment={name}", f"optimizer.lr={rate}"),
        )
        for name, model in (("a", "LSTM"), ("b", "GRU"))
        for rate in (0.1, 0.01)
        for seed in (0, 1)
    ]
    made = board(folders)
    assert {*made.keys} == {"experiment", "optimizer.lr"}
    assert {line.settings["experiment"] for line in made.lines} == {"a", "b"}
    assert [effect.settings for effect in made.effects] == [2, 2]


def test_the_order_of_folders_does_not_matter(tmp_path: Path) -> None:
    folders = grid(tmp_path)
    shuffled = random.Random(1).sample(folders, len(folders))
    assert board(folders).lines == board(shuffled).lines
    assert board(folders).effects == board(shuffled).effects


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


def test_small_is_good_in_mode_min(tmp_path: Path) -> None:
    means = [line.mean for line in board(grid(tmp_path), "min").lines]
    assert means == sorted(means)


def test_ties_are_in_the_order_of_the_configuration_ids(tmp_path: Path) -> None:
    folders = [run(tmp_path / str(i), config(lr=i / 10)) for i in range(1, 6)]
    ids = [line.configuration_id for line in board(folders).lines]
    assert ids == sorted(ids)


def test_one_seed_has_no_interval_and_no_claim(tmp_path: Path) -> None:
    made = board(grid(tmp_path, seeds=1))
    assert {line.bounds for line in made.lines} == {line.p for line in made.lines} == {None}
    assert [line.verdict for line in made.lines] == ["best", *["unknown"] * 3]
    assert all(level.half is None for effect in made.effects for level in effect.levels)


def test_one_experiment_run_twice_counts_once(tmp_path: Path) -> None:
    twice = [run(tmp_path / name, config(), value) for name, value in [("a", 0.1), ("b", 0.2)]]
    [line] = board(twice).lines
    assert (line.n, line.mean) == (1, 0.2)


def test_a_lost_seed_is_told_on_its_configurations_line(tmp_path: Path) -> None:
    folders = [*grid(tmp_path), run(tmp_path / "x", config("GRU", 0.1, seed=7), state="killed")]
    unfinished = {tuple(line.settings.values()): line.unfinished for line in board(folders).lines}
    assert unfinished[("GRUClassifier", "0.1")] == 1
    assert sum(unfinished.values()) == 1


def test_what_follows_from_a_choice_is_not_shown(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / "a", config("LSTM", hidden_size=8), overrides=("model=lstm",)),
        run(tmp_path / "b", config("CNN", filters=4), overrides=("model=cnn",)),
    ]
    made = board(folders)
    assert made.keys == ["model"]
    assert {line.settings["model"] for line in made.lines} == {"lstm", "cnn"}


def test_nothing_is_compared_where_the_rest_is_never_the_same(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / f"{lr}{seed}", config(lr=lr, seed=seed, size=int(lr * 100)), 0.8 + seed / 10)
        for lr in (0.1, 0.2)
        for seed in range(2)
    ]
    assert [effect.levels for effect in board(folders).effects] == [(), ()]


def test_no_runs_are_an_empty_leaderboard() -> None:
    assert board([]).lines == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.003, "0.003"), (1e-5, "1e-05"), (True, "true"), (None, "null"), (3, "3")],
)
def test_values_are_shown_as_they_are_typed(value: object, text: str) -> None:
    assert shown(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_shown_number_is_that_number(value: float) -> None:
    assert float(shown(value)) == value


@given(st.lists(st.from_regex(r"[ab](\.[ab]){0,2}", fullmatch=True), unique=True))
def test_short_keys_are_as_different_as_the_keys(keys: list[str]) -> None:
    short = short_keys(keys)
    assert len(set(short.values())) == len(keys)
    assert all(key == s or key.endswith(f".{s}") for key, s in short.items())
