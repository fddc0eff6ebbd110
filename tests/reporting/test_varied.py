"""The settings that differ between runs, and their names."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.boards import board
from tests.reporting.folders import config, run

from reviewlab.reporting.varied import format_setting, short_keys


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


def test_what_follows_from_a_choice_is_not_shown(tmp_path: Path) -> None:
    folders = [
        run(tmp_path / "a", config("LSTM", hidden_size=8), overrides=("model=lstm",)),
        run(tmp_path / "b", config("CNN", filters=4), overrides=("model=cnn",)),
    ]
    made = board(folders)
    assert made.keys == ["model"]
    assert {line.settings["model"] for line in made.lines} == {"lstm", "cnn"}


def brought(folder: Path, model: str, batch_size: int, *overrides: str) -> Path:
    """Return a run whose model has changed the batch size."""
    settings = config(model.upper())
    settings["data"] = {**settings.get("data", {}), "batch_size": batch_size}
    return run(folder, settings, overrides=(f"model={model}", *overrides))


@pytest.mark.parametrize("said", [(), ("data=demo", "data.cache_dir=here")])
def test_what_a_model_brings_along_is_not_shown(tmp_path: Path, said: tuple[str, ...]) -> None:
    """Neither is it shown if all runs name the data set of the setting."""
    folders = [
        brought(tmp_path / "a", "lstm", 64, *said),
        brought(tmp_path / "b", "ngram", 9, *said),
    ]
    assert board(folders).keys == ["model"]


def test_what_was_typed_is_shown_though_it_follows_from_the_model(tmp_path: Path) -> None:
    folders = [
        brought(tmp_path / "a", "lstm", 64, "data.batch_size=64"),
        brought(tmp_path / "b", "ngram", 9, "data.batch_size=9"),
    ]
    assert {*board(folders).keys} == {"model", "data.batch_size"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.003, "0.003"), (1e-5, "1e-05"), (True, "true"), (None, "null"), (3, "3")],
)
def test_values_are_shown_as_they_are_typed(value: object, text: str) -> None:
    assert format_setting(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_shown_number_is_that_number(value: float) -> None:
    assert float(format_setting(value)) == value


@given(st.lists(st.from_regex(r"[ab](\.[ab]){0,2}", fullmatch=True), unique=True))
def test_short_keys_are_as_different_as_the_keys(keys: list[str]) -> None:
    short = short_keys(keys)
    assert len(set(short.values())) == len(keys)
    assert all(key == s or key.endswith(f".{s}") for key, s in short.items())
