"""Run inside a host program or notebook without changing its process."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

ONE_AT_A_TIME = threading.RLock()
"""Held during training, because torch's random state and Hydra are global to the process."""


@contextmanager
def guest(quiet: bool) -> Iterator[None]:
    """Restore, at the end of the block, everything that training changes in the process.

    Within it, what stdout and stderr cannot take is dropped, so that a reader that goes away does
    not end a training.

    This covers logging, the environment, Hydra and torch. Only one thread at a time can be inside
    such a block; others wait.

    Args:
        quiet: whether to print nothing.
    """
    from reviewlab.config.hydra_state import own_hydra
    from reviewlab.console.logs import speak_within
    from reviewlab.console.streams import unwritable_dropped
    from reviewlab.running.environment import own_environment

    with ONE_AT_A_TIME, own_environment(), without_bars(), unwritable_dropped():
        import pytorch_lightning  # noqa: F401  before the next block: it sets its loggers' level

        with speak_within(quiet), own_hydra(), own_torch():
            yield


@contextmanager
def without_bars() -> Iterator[None]:
    """Hide tqdm's advice to install notebook widgets, since its progress bars are not drawn."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "IProgress not found")
        yield


@contextmanager
def own_torch() -> Iterator[None]:
    """Restore torch's number of threads and its random state at the end of the block."""
    import torch

    # reading the state of a GPU would initialise it
    in_use = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    threads, gpus = torch.get_num_threads(), range(torch.cuda.device_count() if in_use else 0)
    with torch.random.fork_rng(gpus):
        try:
            yield
        finally:
            torch.set_num_threads(threads)
