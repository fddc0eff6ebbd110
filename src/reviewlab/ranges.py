"""Number types with a range, for signatures; configs are checked against them.

If a constructor declares `hidden_size: PositiveInt` or `dropout: Fraction`, a config with a value
outside the range is refused before any data are read. Python code may pass any number.
"""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

PositiveInt = Annotated[int, Ge(1)]
FoldCount = Annotated[int, Ge(2)]
"""Number of folds; with a single one, no review would be left to train on."""
SeedCount = Annotated[int, Ge(2)]
"""Number of seeds to compare configurations by; with a single one, nothing could be claimed."""
NonNegativeInt = Annotated[int, Ge(0)]
Threads = Annotated[int, Ge(1), Le(1024)]
"""Number of threads of a process; with far more than 1024, OpenMP silently ends the process."""
PositiveFloat = Annotated[float, Gt(0)]
NonNegativeFloat = Annotated[float, Ge(0)]
Fraction = Annotated[float, Ge(0), Lt(1)]
"""A share that may be 0 but not 1: `0 <= x < 1`."""
Share = Annotated[float, Gt(0), Le(1)]
"""A share that may be 1 but not 0: `0 < x <= 1`."""
Probability = Annotated[float, Ge(0), Le(1)]
