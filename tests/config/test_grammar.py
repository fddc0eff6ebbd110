"""Overrides are parsed and written in Hydra's grammar."""

from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st
from tests.config.values import VALUES

from reviewlab.config.grammar import Grammar, render
from reviewlab.sweeps.space import Choice, Interval

GRAMMAR = Grammar()


@given(VALUES)
def test_hydra_reads_what_is_rendered(value: Any) -> None:
    [override] = OverridesParser.create().parse_overrides([f"outputs={render(value)}"])
    assert unquoted(override.value()) == value


def unquoted(value: Any) -> Any:
    if isinstance(value, list):
        return [unquoted(item) for item in value]
    return getattr(value, "text", value)


def test_an_override_knows_its_key_its_text_and_whether_it_varies() -> None:
    one, several = GRAMMAR.parse(["+optimizer.lr=1e-3", "model=lstm,gru"])
    assert (one.key, one.element, one.varies) == ("optimizer.lr", "+optimizer.lr", False)
    assert (several.key, several.text, several.varies) == ("model", "model=lstm,gru", True)


def test_a_null_is_told_from_the_word() -> None:
    assert [o.is_null for o in GRAMMAR.parse(["seed=null", "seed='null'"])] == [True, False]


@given(st.lists(st.integers() | st.booleans(), min_size=2, max_size=4))
def test_each_of_several_values_has_the_override_that_sets_it_alone(values: list[Any]) -> None:
    [override] = GRAMMAR.parse([f"seed={','.join(map(render, values))}"])
    settings = override.settings()
    assert [setting.value for setting in settings] == values
    for setting in settings:
        [alone] = GRAMMAR.parse([setting.text])
        assert alone.settings() == [setting]


@given(st.integers(-9, 9), st.integers(1, 9), st.integers(1, 5))
def test_a_range_is_searched_between_its_first_and_its_last_number(
    start: int, length: int, step: int
) -> None:
    numbers = range(start, start + length * step + 1, step)
    [override] = GRAMMAR.parse([f"seed=range({start},{start + length * step + 1},{step})"])
    dimension = override.dimension()
    assert isinstance(dimension, Interval)
    assert (dimension.low, dimension.high, dimension.step) == (numbers[0], numbers[-1], step)


def test_a_choice_holds_each_value_once() -> None:
    [override] = GRAMMAR.parse(["model=lstm,gru,lstm"])
    assert override.dimension() == Choice(("lstm", "gru"))
