"""Lets the other ranks of a distributed run start from the run's folder.

Lightning starts a rank by running `sys.argv` again. A rank must not compose its own config from
there, or it may train something else in another folder: it reads what the first rank resolved.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.runs.folder import RunFolder

ENTRY = Path(__file__).with_name("rank_entry.py")


@contextmanager
def start_ranks_from(folder: RunFolder) -> Iterator[None]:
    """Let every rank that Lightning starts in this block take part in the run of `folder`."""
    main = sys.modules["__main__"]
    own = sys.argv, main.__spec__
    # Lightning runs `-m <name of the spec>` again where there is one: a sweep's job has one.
    sys.argv, main.__spec__ = [str(ENTRY), str(folder.path)], None
    try:
        yield
    finally:
        sys.argv, main.__spec__ = own
