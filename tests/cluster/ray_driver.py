"""Runs jobs that do what a word says, two at a time, on a Ray of their own or as a laptop does.

`python -m tests.cluster.ray_driver ray|local <folder> <words>`
"""

import sys
from pathlib import Path
from typing import Any

from tests.cluster.driver import ENTRY, Planner, Request

from reviewlab.app.launch import Asked
from reviewlab.app.local_launch import LocalLaunch
from reviewlab.app.ray_launch import RayLaunch
from reviewlab.cluster.ray import RayLauncher, connected
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.grid import Grid
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.local import LocalLauncher
from reviewlab.sweeps.settings import SweepSettings


def main(where: str, path: Path, words: list[str]) -> int:
    """Work on the sweep until nothing is left to do, or until a signal says so."""
    settings = SweepSettings(name=path.name, max_attempts=2)
    folder = SweepFolder(path)
    folder.path.mkdir(parents=True, exist_ok=True)
    jobs = [Job(n, (f"deed={w}",), f"{n:012x}", f"{n:012x}", 1, 1, 10) for n, w in enumerate(words)]
    with folder.held():
        folders = folder.of_jobs()
        work = Grid(jobs, folders, settings.max_attempts)
        said: Any = (Request({}), settings, Planner())
        asked = Asked(*said, work, folder, folders)
        if where == "ray":
            with connected(None):
                return RayLaunch(asked, RayLauncher(), 2, ENTRY).run()
        launcher = LocalLauncher(slots=2)
        launcher.open(ENTRY)
        return LocalLaunch(asked, launcher, launcher.slots([])).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")))
