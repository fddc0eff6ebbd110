"""The entry points that a sweep's jobs run, which are imported while the sweep is planned."""

import os
from typing import TYPE_CHECKING

from reviewlab.running.started_once import refuse_tasks
from reviewlab.sweeps.fork_server import preload

if TYPE_CHECKING:
    from reviewlab.config.sweep_request import SweepRequest

JOB, TRIAL = "reviewlab.launching.job_entry:main", "reviewlab.launching.trial_entry:main"
"""Entry points of a job of a grid, and of a trial that a search may stop early."""


def preload_entry(request: "SweepRequest") -> str:
    """Return the entry point of a sweep's jobs, and let the fork server start to import it.

    Raises:
        InputError: several tasks of a SLURM step would each run the whole sweep.
    """
    refuse_tasks(os.environ)
    entry = TRIAL if request.search is not None and request.search.pruner else JOB
    here = request.launcher.target.startswith("reviewlab.sweeps.")
    if here and not request.settings.dry_run:
        preload(entry, request.launcher.value("threads_per_job"))
    return entry
