"""The ranges that numbers in a signature may lie in; configs are checked against them.

A constructor says `hidden_size: PositiveInt` or `dropout: Fraction`, and a config that breaks the
range is refused before any data is read. Inside Python these are plain numbers.
"""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

PositiveInt = Annotated[int, Ge(1)]
NonNegativeInt = Annotated[int, Ge(0)]
Threads = Annotated[int, Ge(1), Le(1024)]
"""Threads of a process; if far more are asked for, OpenMP ends the process without a word."""
PositiveFloat = Annotated[float, Gt(0)]
NonNegativeFloat = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
"""A share that may be nothing but never everything: `0 <= x < 1`."""
Share = Annotated[float, Gt(0), Le(1)]
"""A part of something, up to all of it: `0 < x <= 1`."""
Probability = Annotated[float, Ge(0), Le(1)]
