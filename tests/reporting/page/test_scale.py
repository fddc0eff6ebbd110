"""Values as levels and as positions on an axis."""

import math

from hypothesis import given
from hypothesis import strategies as st

from reviewlab.reporting.page.scale import FEW, levels, setting_axis

VALUES = st.lists(
    st.one_of(
        st.floats(allow_nan=False, allow_infinity=False).map(repr),
        st.integers(-5, 5).map(str),
        st.text(max_size=5),
    ),
    min_size=1,
)


@given(VALUES)
def test_values_keep_their_order_on_an_axis_and_among_levels(values: list[str]) -> None:
    axis, few = setting_axis("a", values), levels(values)
    assert all(place is None or -1e-9 <= place <= 1 + 1e-9 for place in axis.places)
    assert all(0 <= level < len(few.labels) for level in few.of)
    pairs = sorted(
        (float(value), axis.places[i], few.of[i])
        for i, value in enumerate(values)
        if is_number(value)
    )
    assert [place for _, place, _ in pairs] == sorted(place for _, place, _ in pairs)
    assert [level for _, _, level in pairs] == sorted(level for _, _, level in pairs)


@given(st.lists(st.floats(1e-6, 1e6), min_size=FEW + 1, unique=True))
def test_a_long_list_of_numbers_becomes_parts_of_it(numbers: list[float]) -> None:
    few = levels([repr(number) for number in numbers])
    assert 1 < len(few.labels) <= 6
    assert set(few.of) == set(range(len(few.labels)))


def is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False
