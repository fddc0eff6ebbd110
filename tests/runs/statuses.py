"""Statuses that a run cannot write itself."""

import subprocess
from dataclasses import replace

from reviewlab.runs.status import Status


def gone(attempts: int = 1, failures: int = 0) -> Status:
    """Return the status of a run on this machine whose process was killed."""
    process = subprocess.Popen(["true"])
    process.wait()
    return replace(Status("queued", attempts - 1, failures).begun(), pid=process.pid)
