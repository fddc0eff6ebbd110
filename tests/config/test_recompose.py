"""The configs of a sweep's jobs are the same as Hydra composes for each separately."""

from typing import Any

import pytest
from hypothesis import given, settings
from tests.config.values import VALUES

from reviewlab.config.compose import compose_config
from reviewlab.config.grammar import Grammar, render
from reviewlab.config.recompose import Recomposer
from reviewlab.config.sources import Sources
from reviewlab.planning.grid import expand_grid
from reviewlab.sweeps.settings import SweepSettings

GRAMMAR = Grammar()


def jobs(*arguments: str, **settings: Any) -> list[tuple[str, ...]]:
    return [*expand_grid(arguments, SweepSettings(**settings), "s", GRAMMAR)]


RECOMPOSER = Recomposer(Sources("train"), ["data=imdb"])


@pytest.mark.parametrize("text", ["a=b", "it's", 'say "x, y"', "jörg", "a\\", "\\'", "[x]", ""])
def test_a_text_of_a_file_reaches_the_config_as_it_stands(text: str) -> None:
    [job] = jobs(grid={"monitor": [text, "b"]})[:1]
    assert RECOMPOSER.compose(job)["monitor"] == text


@pytest.mark.parametrize("value", ["'a, b'", '"x=y"', "${mode}", "val/f1_macro", "'it\\'s'", "'ü'"])
def test_a_job_of_a_sweep_is_composed_like_a_single_run(value: str) -> None:
    [job, _] = jobs("data=imdb", f"monitor={value},b")
    assert RECOMPOSER.compose(job) == compose_config("train", ["data=imdb", f"monitor={value}"])


@settings(max_examples=8, deadline=None)  # Hydra composes for each
@given(VALUES)
def test_any_value_of_a_file_is_what_a_single_run_gets(value: Any) -> None:
    job = jobs(grid={"name": [value, "b"]})[0]
    config = RECOMPOSER.compose(job)
    assert config["name"] == value
    assert config == compose_config("train", ["data=imdb", f"name={render(value)}"])
