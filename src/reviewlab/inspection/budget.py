"""The time that looking into a model may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LIMIT = 0.03
"""The most of the training's time that one callback takes at its default.

Two begin without asking, by what they were measured to cost: the untrained weights, some
milliseconds, and the gradients of the first steps, a tenth of all at most.
"""

SHARE = 0.025
"""The share that it plans to take: a look may turn out dearer than those before it."""


class Budget:
    """A share of the training's time so far.

    first_seconds: what a look is taken to cost until one was measured.
    """

    def __init__(self, first_seconds: float) -> None:
        self.first_seconds = first_seconds
        self.spent = 0.0
        self._looks: list[float] = []
        self._earlier = 0.0
        self._began = time.perf_counter()

    def start(self) -> None:
        """Begin to count the training's time, or go on to."""
        self._began = time.perf_counter() - self._earlier

    def state_dict(self) -> dict[str, float]:
        """Return what a training that is gone on with has to know."""
        return {"spent": self.spent, "seconds": time.perf_counter() - self._began}

    def load_state_dict(self, state_dict: dict[str, float]) -> None:
        """Go on from there when the training starts."""
        self.spent, self._earlier = state_dict["spent"], state_dict["seconds"]

    def affords(self, looks: int = 1, share: float = SHARE) -> bool:
        """Tell whether the share is enough for more looks as dear as the dearer of the last two."""
        dearest = max(self._looks, default=self.first_seconds)
        allowed = share * (time.perf_counter() - self._began)
        return self.spent + looks * dearest <= allowed

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Count the time of what happens within."""
        began = time.perf_counter()
        yield
        self.spent += time.perf_counter() - began

    @contextmanager
    def look(self) -> Iterator[None]:
        """Count it, and take it for what the next look will cost.

        Only the last two looks say so: the first is the dearest.
        """
        before = self.spent
        with self.spend():
            yield
        self._looks = [*self._looks[-1:], self.spent - before]
