"""The space of a search: by key, a list of choices or an interval of numbers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optuna.trial import Trial

DIGITS = 6
"""Digits of a number that is drawn: more would say nothing, and fill a table."""


@dataclass(frozen=True)
class Choice:
    """One of several values, each as it is written on a command line."""

    values: tuple[str, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """The values that have to work if everything between is to."""
        return self.values

    def draw(self, trial: "Trial", key: str) -> str:
        """The trial's value, drawn if it has none yet."""
        return str(trial.suggest_categorical(key, self.values))

    def __str__(self) -> str:
        return f"choice({','.join(self.values)})"


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, both included.

    step: between neighbours; None: every number.
    log: as likely between 1 and 10 as between 10 and 100.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    @property
    def whole(self) -> bool:
        """True when only whole numbers are meant."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ends(self) -> tuple[str, ...]:
        """The smallest and the largest."""
        return str(self.low), str(self.high)

    def draw(self, trial: "Trial", key: str) -> str:
        """The trial's value, drawn if it has none yet."""
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
"""By key as on a command line, `+` included."""


def draw(space: Space, trial: "Trial") -> tuple[str, ...]:
    """The overrides of a trial."""
    return tuple(f"{key}={dimension.draw(trial, key)}" for key, dimension in space.items())


def number_from(text: str) -> int:
    """A seed that follows from a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**31


def corners(space: Space) -> list[tuple[str, ...]]:
    """Few combinations in which every choice and both ends of every interval occur once.

    All others stand at their first.
    """
    first = {key: dimension.ends[0] for key, dimension in space.items()}
    varied = [(key, end) for key, dimension in space.items() for end in dimension.ends[1:]]
    combinations = [first, *({**first, key: end} for key, end in varied)]
    return [tuple(f"{key}={value}" for key, value in one.items()) for one in combinations]
