"""Ranges of numbers, as types for signatures; configs are checked against them.

A constructor declares `hidden_size: PositiveInt` or `dropout: Fraction`, and a value outside it is
refused before any data is read. In Python code these are plain numbers.
"""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

PositiveInt = Annotated[int, Ge(1)]
NonNegativeInt = Annotated[int, Ge(0)]
Threads = Annotated[int, Ge(1), Le(1024)]
"""Threads of a process; with far more of them OpenMP silently ends the process."""
PositiveFloat = Annotated[float, Gt(0)]
NonNegativeFloat = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
"""A share that may be none, but never all: `0 <= x < 1`."""
Share = Annotated[float, Gt(0), Le(1)]
"""A share that is never none, but may be all: `0 < x <= 1`."""
Probability = Annotated[float, Ge(0), Le(1)]
