"""Limit the time that is spent on inspecting a model."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 0.03
"""The largest share of the training time that one callback takes by default.

Two callbacks begin without checking it, because they were measured to be cheap: the untrained
weights take milliseconds, and the gradients are only inspected in the first steps, at most a tenth
of all steps.
"""

SHARE = 0.025
"""The share that a callback plans with, lower since an inspection may take longer than planned."""


class Budget:
    """Limits the time spent on inspections of a model to a share of the training time so far.

    Args:
        first_seconds: assumed duration of an inspection, in seconds, until one has been measured.
    """

    def __init__(self, first_seconds: float) -> None:
        self.first_seconds = first_seconds
        self.spent = 0.0
        self._looks: list[float] = []
        self._earlier = 0.0
        self._began = time.perf_counter()

    def start(self) -> None:
        """Start counting the training time, or continue after a resume."""
        self._began = time.perf_counter() - self._earlier

    def state_dict(self) -> dict[str, float]:
        """Return the time spent on inspection and on training so far, for a resumed run."""
        return {"spent": self.spent, "seconds": time.perf_counter() - self._began}

    def load_state_dict(self, state_dict: dict[str, float]) -> None:
        """Restore both times; `start` continues to count from there."""
        self.spent, self._earlier = state_dict["spent"], state_dict["seconds"]

    def affords(self, looks: int = 1, share: float = SHARE) -> bool:
        """Return True if more inspections fit into a share of the training time so far.

        Each is assumed to take as long as the slower of the last two inspections.

        Args:
            looks: number of further inspections.
            share: share of the training time that may be spent.
        """
        cost = max(self._looks, default=self.first_seconds)
        allowed = share * (time.perf_counter() - self._began)
        return self.spent + looks * cost <= allowed

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Count the time spent within this block."""
        began = time.perf_counter()
        yield
        self.spent += time.perf_counter() - began

    @contextmanager
    def look(self) -> Iterator[None]:
        """Count the time of the inspection in this block; the next is expected to take as long.

        Only the last two inspections are considered, since the first one takes the longest.
        """
        before = self.spent
        with self.spend():
            yield
        self._looks = [*self._looks[-1:], self.spent - before]
