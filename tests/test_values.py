"""Values are checked against annotations, and messages describe what is allowed."""

from typing import Annotated, Any, Literal

import pytest
from torch import Tensor

from reviewlab.ranges import Fraction, NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.values import check_value, describe, suits


@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (int, [1, -1], [1.0, True, "1", None]),
        (float, [1, 1.5, -2], [True, "1", None, float("nan"), float("inf")]),
        (bool, [True, False], [0, 1, "true", None]),
        (str, ["", "a"], [1, None, True]),
        (PositiveInt | None, [1, None], [0, 1.5]),
        (Fraction, [0, 0.5], [1, -0.1]),
        (Literal["a", "b"], ["a"], ["c", None, 1]),
        (Literal[0, 1] | None, [0, 1, None], [True, False, "1"]),
        (list[PositiveInt], [[], [1, 2]], [[0], ["1"], 1, "12"]),
        (PositiveInt | list[PositiveInt], [3, [3, 4]], [0, [0]]),
        (tuple[float, float], [[0.9, 1]], [[0.9], [1, 2, 3], 0.9]),
        (float | Tensor, [0.1], ["0.1", True]),
        (Any, [1, "a", None, {}], []),
        (Cleaning, [Cleaning()], [1, "a", None, {}]),
    ],
)
def test_strictly(annotation: Any, good: list[Any], bad: list[Any]) -> None:
    assert all(suits(value, annotation) for value in good)
    assert not any(suits(value, annotation) for value in bad)


@pytest.mark.parametrize(
    ("annotation", "value", "taken"),
    [
        (float, 1, 1.0),
        (Fraction | list[Fraction], [0, 0.5], [0.0, 0.5]),
        (tuple[float, float], [1, 2], [1.0, 2.0]),
        (int | float | None, 1, 1),
        (int | float | None, 1.0, 1.0),
        (bool | float, True, True),
        (list[PositiveInt], [1], [1]),
    ],
)
def test_a_number_is_a_float_where_one_is_wanted(annotation: Any, value: Any, taken: Any) -> None:
    assert repr(check_value(value, annotation, "key")) == repr(taken)


@pytest.mark.parametrize(
    ("annotation", "description"),
    [
        (PositiveInt, "a whole number >= 1"),
        (Fraction, "a number >= 0 and < 1"),
        (NonNegativeInt | None, "a whole number >= 0 or null"),
        (float | Tensor, "a number"),
        (Literal["pre", "post"], "pre, post"),
        (Literal["none"] | list[float], "none or a list of a number"),
        (tuple[float, float], "a list of 2: a number, a number"),
        (Annotated[str, "a remark"], "a string"),
        (Tensor, "Tensor"),
        (dict[str, int], "a mapping"),
        (bool, "true or false"),
    ],
)
def test_in_words(annotation: Any, description: str) -> None:
    assert describe(annotation) == description
