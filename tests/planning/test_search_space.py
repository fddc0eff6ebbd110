"""Search spaces in Hydra's grammar."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import FixedTrial

from reviewlab.config.grammar import Grammar
from reviewlab.exceptions import InputError
from reviewlab.planning.search_space import SearchOverrides, read_search_space
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.sweeps.space import Choice, Interval, corners, draw

GRAMMAR = Grammar()


def read(*arguments: str, **settings: Any) -> SearchOverrides:
    return read_search_space(arguments, SweepSettings(**settings), "a", GRAMMAR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lstm,gru", Choice(("lstm", "gru"))),
        ("choice(1e-3,0.01)", Choice(("0.001", "0.01"))),
        ("true,false,null", Choice(("true", "false", "null"))),
        ("'a,b','c'", Choice(("'a,b'", "'c'"))),
        ("[1,2],[3]", Choice(("[1,2]", "[3]"))),
        ("1,1,2", Choice(("1", "2"))),
        ("interval(0,1)", Interval(0.0, 1.0)),
        ("int(interval(1,64))", Interval(1, 64)),
        ("tag(log,interval(1e-4,1e-1))", Interval(1e-4, 1e-1, log=True)),
        ("tag(log, int(interval(4, 64)))", Interval(4, 64, log=True)),
        ("range(1,5)", Interval(1, 4, step=1)),
        ("range(1,8,3)", Interval(1, 7, step=3)),
        ("range(5,1,-1)", Interval(2, 5, step=1)),
        ("range(0,1,0.25)", Interval(0, 0.75, step=0.25)),
        ("tag(log,range(1,5))", Interval(1, 4, step=1, log=True)),
    ],
)
def test_a_space_is_read(text: str, expected: Choice | Interval) -> None:
    asked = read(f"+a.b={text}", "c=1")
    assert asked.space == {"+a.b": expected}
    assert asked.fixed == ["c=1"]


def test_what_has_one_value_stays() -> None:
    asked = read("a=choice(3)", "b=1,2", "~c", "seed=4")
    assert asked.fixed == ["a=3", "~c", "seed=4"]
    assert [*asked.space] == ["b"]


def test_a_file_says_it_with_lists_or_as_a_command_line_and_the_command_line_wins() -> None:
    grid = {"a": [1, "x,y"], "b": "tag(log,interval(1,2))", "c": 5, "d": [0, 1]}
    asked = read("d=7", grid=grid)
    assert asked.space == {"a": Choice(("1", "x\\,y")), "b": Interval(1.0, 2.0, log=True)}
    assert asked.fixed == ["d=7", "c=5"]


def test_a_null_seed_is_drawn_once_from_the_name() -> None:
    first, again = (read("seed=null", "a=1,2").fixed for _ in range(2))
    other = read_search_space(["seed=null", "a=1,2"], SweepSettings(), "b", GRAMMAR).fixed
    assert first == again != other
    assert 0 <= int(first[0].removeprefix("seed=")) < 2**32


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        (["a=1"], {}, "nothing to search"),
        (["seed=1,2", "a=1,2"], {}, "seed"),
        (["a=interval(2,1)"], {}, "is empty; give interval(low, high)"),
        (["a=tag(log,interval(0,1))"], {}, "0.0 has no logarithm"),
        (["a=tag(log,choice(1,2))"], {}, "a choice cannot be logarithmic"),
        (["a=tag(log,range(1,9,2))"], {}, "a logarithmic range cannot have a step of 2"),
        (["a=range(3,3)"], {}, "no value"),
        (["a=1,2"], {"seeds": 3}, "sweep.seeds: 3"),
        (["a=1,2"], {"zip": [{"b": [1]}]}, "sweep.zip"),
        (["a=1,2"], {"exclude": [{"a": 1}]}, "sweep.exclude"),
        (["a=1,2"], {"max_attempts": 5}, "sweep.max_attempts: 5 only applies to a grid; allowed"),
        (["a=1,2"], {"grid": {"b": []}}, "b: no value"),
    ],
)
def test_what_cannot_be_searched_is_told(
    arguments: list[str], settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(InputError, match="; ") as caught:
        read(*arguments, **settings)
    assert named in str(caught.value)


@given(st.floats(1e-12, 1e12), st.floats(1.001, 1e6), st.floats(0, 1))
def test_a_number_that_is_drawn_lies_within_and_reads_back(low: float, k: float, at: float) -> None:
    space = {"a": Interval(low, low * k)}
    value = min(low + at * (low * k - low), low * k)
    [override] = draw(space, FixedTrial({"a": value}))
    [setting] = GRAMMAR.parse([override])[0].settings()
    assert low <= float(setting.value) <= low * k
    assert float(setting.value) == pytest.approx(value, rel=1e-5)


def test_corners_hold_every_choice_and_both_ends() -> None:
    space = {"a": Choice(("x", "y", "z")), "b": Interval(1, 5), "c": Interval(0.0, 1.0)}
    found = corners(space)
    assert len(found) == 5
    choices = {text for corner in found for text in corner}
    assert choices == {"a=x", "a=y", "a=z", "b=1", "b=5", "c=0.0", "c=1.0"}
