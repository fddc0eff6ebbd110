"""The entry point of a trial's job, which may be pruned after any epoch.

This is a separate module so that a grid's jobs need not import Optuna.
"""

import sys
from pathlib import Path

from reviewlab.launching import job_entry
from reviewlab.sweeps.fork_server import leave_with_the_sweep
from reviewlab.sweeps.pruning import pruning_rule


def main(folder: Path, overrides: list[str]) -> None:
    """Train or resume the run in `folder`, until the end or until it is pruned."""
    job_entry.main(folder, overrides, pruning_rule)


if __name__ == "__main__":
    leave_with_the_sweep()
    main(Path(sys.argv[1]), sys.argv[2:])
