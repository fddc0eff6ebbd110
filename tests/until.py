"""Waits for what other processes do, and not for ever."""

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str, seconds: float = 300) -> None:
    """Wait until something holds."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)
