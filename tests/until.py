"""Wait for other processes, with a time limit."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str, seconds: float = 300) -> None:
    """Wait until a condition holds.

    Args:
        holds: the condition.
        what: the condition in words, for the error message.
        seconds: the time limit.
    """
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)
