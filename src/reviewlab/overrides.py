"""One argument `key=value` of a command line, as text and without Hydra's grammar."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

SIGNS = "+~"
"""`+key` adds a key, `++key` adds or changes it, `~key` takes it away."""

LONG_FLOAT = re.compile(r"[-+]?\d+\.\d{15,}(e[-+]?\d+)?", re.IGNORECASE)
"""A number that arithmetic has made: nobody types as many digits."""

DIGITS = 12
"""Significant digits of a setting that somebody typed or a range made."""


class Override(NamedTuple):
    """One setting of a command line.

    sign: what stands before the key: `+`, `++`, `~` or nothing.
    key: a dotted key, or a group.
    value: what stands behind the first `=`, as it was typed; None where there is no `=`.
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
    """Return a key without the sign before it."""
    return key.lstrip(SIGNS)


def key_of(argument: str) -> str:
    """Return the key that an argument sets, without its sign."""
    return parse(argument).key


def is_of_sweep(argument: str) -> bool:
    """Tell whether an argument is about the sweep itself, and not about its jobs."""
    key = key_of(argument)
    return key == "sweep" or key.startswith("sweep.")


def values(arguments: Iterable[str]) -> dict[str, str]:
    """Return by key the value of every argument that has one; of two with one key the last.

    >>> values(["+a=1", "b=x=y", "~c"])
    {'a': '1', 'b': 'x=y'}
    """
    parsed = map(parse, arguments)
    return {override.key: override.value for override in parsed if override.value is not None}


def replaced(first: Iterable[str], later: Iterable[str]) -> list[str]:
    """Return `first` without the keys that `later` sets, and then `later`.

    >>> replaced(["seed=1", "+a=2"], ["a=3"])
    ['seed=1', 'a=3']
    """
    later = [*later]
    again = {key_of(argument) for argument in later}
    return [*(argument for argument in first if key_of(argument) not in again), *later]


def readable(argument: str) -> str:
    r"""Write an argument for a person: not to be read by a program again.

    Hydra escapes what it hands out of a list (`$\{seed\}`), and adds up the numbers of a range
    (0.30000000000000004).

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
    """Drop the digits of a number that only floating-point arithmetic has put there.

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
