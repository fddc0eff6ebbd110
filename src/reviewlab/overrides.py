"""Parse and format command-line arguments `key=value` as plain text, without Hydra's grammar."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

SIGNS = "+~"
"""`+key` adds a key, `++key` adds or changes it, `~key` removes it."""

LONG_FLOAT = re.compile(r"[-+]?\d+\.\d{15,}(e[-+]?\d+)?", re.IGNORECASE)
"""A number with so many digits that it was computed, not typed."""

DIGITS = 12
"""Number of significant digits to which a number with rounding errors is shortened."""


class Override(NamedTuple):
    """One command-line argument, split into its parts.

    Attributes:
        sign: the sign before the key: `+`, `++`, `~` or nothing.
        key: a dotted key, or the name of a config group.
        value: the text after the first `=`, as typed; None if there is no `=`.
    """

    sign: str
    key: str
    value: str | None

    @property
    def signed_key(self) -> str:
        """The key as it was typed, with its sign."""
        return self.sign + self.key


def parse(argument: str) -> Override:
    """Split an argument into its parts.

    >>> parse("+model.dropout=0.5")
    Override(sign='+', key='model.dropout', value='0.5')
    """
    typed, equals, value = argument.partition("=")
    key = bare(typed)
    return Override(typed.removesuffix(key), key, value if equals else None)


def bare(key: str) -> str:
    """Return a key without its sign."""
    return key.lstrip(SIGNS)


def key_of(argument: str) -> str:
    """Return the key that an argument sets, without its sign."""
    return parse(argument).key


def is_of_sweep(argument: str) -> bool:
    """Tell whether an argument configures the sweep itself and not its jobs."""
    key = key_of(argument)
    return key == "sweep" or key.startswith("sweep.")


def values(arguments: Iterable[str]) -> dict[str, str]:
    """Map the key of each argument that has a value to that value; a later argument wins.

    >>> values(["+a=1", "b=x=y", "~c"])
    {'a': '1', 'b': 'x=y'}
    """
    parsed = map(parse, arguments)
    return {override.key: override.value for override in parsed if override.value is not None}


def replaced(first: Iterable[str], later: Iterable[str]) -> list[str]:
    """Return `first` followed by `later`, without the arguments in `first` that `later` overrides.

    >>> replaced(["seed=1", "+a=2"], ["a=3"])
    ['seed=1', 'a=3']
    """
    later = [*later]
    again = {key_of(argument) for argument in later}
    return [*(argument for argument in first if key_of(argument) not in again), *later]


def readable(argument: str) -> str:
    r"""Format an argument for people; the result need not be a valid argument.

    Hydra escapes list items (`$\{seed\}`), and rounding errors accumulate in the numbers of its
    ranges (0.30000000000000004); both are undone.

    >>> readable(r"data.seed=$\{seed\}"), readable("lr=0.30000000000000004")
    ('data.seed=${seed}', 'lr=0.3')
    """
    key, equals, value = argument.partition("=")
    if LONG_FLOAT.fullmatch(value):
        value = without_rounding_error(value)
    elif not value.startswith(("'", '"')):
        value = re.sub(r"\\(.)", r"\1", value)
    return f"{key}{equals}{value}"


def without_rounding_error(value: str) -> str:
    """Remove a number's trailing digits if they only stem from floating-point rounding.

    >>> without_rounding_error("0.30000000000000004"), without_rounding_error("lstm")
    ('0.3', 'lstm')
    """
    try:
        exact = float(value)
    except ValueError:
        return value
    short = repr(float(f"{exact:.{DIGITS}g}"))
    is_same = math.isfinite(exact) and math.isclose(float(short), exact, rel_tol=1e-15)
    return short if is_same and len(short) < len(value) else value
