"""The space of a search: for each key, a list of choices or an interval of numbers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optuna.trial import Trial

DIGITS = 6
"""Significant digits of a drawn number; more would only widen the tables."""


@dataclass(frozen=True)
class Choice:
    """One of several values, each in command line form."""

    values: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """All values: each has to be checked before the search, since any trial may draw it."""
        return self.values

    def draw(self, trial: "Trial", key: str) -> str:
        """Return the trial's value for `key`, drawing it if the trial has none yet."""
        return str(trial.suggest_categorical(key, self.values))

    def __str__(self) -> str:
        return f"choice({','.join(self.values)})"


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, both included.

    Attributes:
        low: the smallest number.
        high: the largest number.
        step: distance between neighbouring values; None: 1 for integers, else continuous.
        log: draw uniformly on a logarithmic scale.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    @property
    def whole(self) -> bool:
        """True if the interval contains only integers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ends(self) -> tuple[str, ...]:
        """The smallest and the largest value: if both can run, so can every value between them."""
        return str(self.low), str(self.high)

    def draw(self, trial: "Trial", key: str) -> str:
        """Return the trial's value for `key`, drawing it if the trial has none yet."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            step = int(self.step or 1)
            return str(trial.suggest_int(key, self.low, self.high, step=step, log=self.log))
        value = trial.suggest_float(key, self.low, self.high, step=self.step, log=self.log)
        return str(min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high))

    def __str__(self) -> str:
        text = f"interval({self.low},{self.high})"
        if self.step not in (None, 1):
            text = f"{text} by {self.step}"
        elif self.whole:
            text = f"int({text})"
        return f"tag(log,{text})" if self.log else text


Space = Mapping[str, Choice | Interval]
"""The choices or interval of each key. Keys are as on the command line, including any `+`."""


def draw(space: Space, trial: "Trial") -> tuple[str, ...]:
    """Return a trial's overrides, drawing the values that the trial does not have yet."""
    return tuple(f"{key}={dimension.draw(trial, key)}" for key, dimension in space.items())


def number_from(text: str) -> int:
    """Derive a random seed from a string."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**31


def corners(space: Space) -> list[tuple[str, ...]]:
    """Return a few combinations that cover every choice and both ends of every interval.

    Each differs in one key from the first combination, which has the first value of every key.
    """
    first = {key: dimension.ends[0] for key, dimension in space.items()}
    varied = [(key, end) for key, dimension in space.items() for end in dimension.ends[1:]]
    combinations = [first, *({**first, key: end} for key, end in varied)]
    return [tuple(f"{key}={value}" for key, value in one.items()) for one in combinations]
