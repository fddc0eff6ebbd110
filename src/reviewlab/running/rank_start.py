"""Make the other ranks of a distributed run start from the run's folder.

Lightning starts a rank by running `sys.argv` again. A rank that composed its own config from these
arguments might train something else in another folder, so it reads the first rank's config.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.runs.folder import RunFolder

ENTRY = Path(__file__).with_name("rank_entry.py")


@contextmanager
def start_ranks_from(folder: RunFolder) -> Iterator[None]:
    """Within the `with` block, make every rank that Lightning starts join the run in `folder`."""
    main = sys.modules["__main__"]
    own = sys.argv, main.__spec__
    # If `__main__` has a spec, as in a sweep's job, Lightning would run `-m <name of the spec>`.
    sys.argv, main.__spec__ = [str(ENTRY), str(folder.path)], None
    try:
        yield
    finally:
        sys.argv, main.__spec__ = own
