"""Values from files are plain, and not more than the file could hold."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.runs.plain import MOST, count_values, refuse_unusual

scalars = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats() | st.text()
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def count(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value
    return 1 + sum(map(count, items)) if isinstance(value, list | dict) else 1


@given(plain)
def test_plain_values_are_allowed_and_counted(value: Any) -> None:
    refuse_unusual(value)
    assert count_values(value) == count(value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (datetime.date(2026, 1, 1), "type date"),
        ({1, 2}, "type set"),
        (b"x", "type bytes"),
        ({(1, 2): 3}, "a key is of the type tuple"),
        (10**4000, "has 13288 bits"),
        (-(2**64), "has 65 bits"),
    ],
)
def test_other_values_are_refused_wherever_they_are(value: Any, told: str) -> None:
    for nested in (value, [value], {"a": [{"b": value}]}):
        with pytest.raises(ValueError, match=told):
            refuse_unusual(nested)


def test_a_shared_value_counts_each_time() -> None:
    shared = [1, 2, 3]
    assert count_values([shared, shared]) == 9
    for _ in range(40):
        shared = [shared, shared]
    with pytest.raises(ValueError, match=f"more than {MOST:,} values"):
        count_values(shared)


@given(st.integers(0, 300), st.integers(0, 300))
def test_depth_is_bounded_however_a_container_is_reached(inner: int, outer: int) -> None:
    """The inner lists are first met near the surface, and then again at the bottom."""

    def wrap(value: Any, times: int) -> Any:
        for _ in range(times):
            value = [value]
        return value

    chain = wrap(1, inner)
    both = [chain, wrap(chain, outer)]
    if 1 + inner + outer > 100:
        with pytest.raises(ValueError, match="nested"):
            count_values(both)
    else:
        count_values(both)
