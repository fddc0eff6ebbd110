"""The entry point of a trial's job: a job that asks after every epoch whether to go on.

A module of its own, so that jobs of a grid need not import Optuna.
"""

import sys
from pathlib import Path

from reviewlab.launching import job_entry
from reviewlab.sweeps.fork_server import leave_with_the_sweep
from reviewlab.sweeps.pruning import pruning_rule


def main(folder: Path, overrides: list[str]) -> None:
    """Train, or go on training, in `folder`, until the end or until others are far ahead."""
    job_entry.main(folder, overrides, pruning_rule)


if __name__ == "__main__":
    leave_with_the_sweep()
    main(Path(sys.argv[1]), sys.argv[2:])
