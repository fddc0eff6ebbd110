"""Restore the environment of the process after a run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_environment() -> Iterator[None]:
    """Keep a run in the `with` block from changing the environment of the next run.

    Lightning leaves the seed and the ranks in environment variables, and torch leaves its process
    group. The next run would inherit them.
    """
    before, had_group = dict(os.environ), _has_process_group()
    os.environ.pop("PL_GLOBAL_SEED", None)
    try:
        yield
    finally:
        if _has_process_group() and not had_group:
            from torch import distributed

            distributed.destroy_process_group()
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)  # never emptied in between, since other threads read it


def _has_process_group() -> bool:
    from torch import distributed

    return distributed.is_available() and distributed.is_initialized()
