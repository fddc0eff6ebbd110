"""How much time looking into a model may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.025
"""The most of the training's time that one callback plans to take at its default.

Half a per cent below what it may take, for a look that turns out dearer than those before it.
"""


class Budget:
    """A share of the training's time so far.

    first_seconds: what a look is taken to cost until one was measured.
    """

    def __init__(self, first_seconds: float) -> None:
        self.spent = 0.0
        self._looks: list[float] = []
        self._first_seconds = first_seconds
        self._began = time.perf_counter()

    def start(self) -> None:
        """Begin to count the training's time."""
        self._began = time.perf_counter()

    def affords(self, looks: int = 1) -> bool:
        """Whether the share is enough for so many more, as dear as the dearer of the last two."""
        dearest = max(self._looks, default=self._first_seconds)
        allowed = SHARE * (time.perf_counter() - self._began)
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
