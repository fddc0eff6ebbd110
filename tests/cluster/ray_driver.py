"""Run jobs that do what a word says, two at a time, on a new Ray cluster or without Ray.

`python -m tests.cluster.ray_driver ray|local <folder> <words>`
"""

import sys
from pathlib import Path

from tests.cluster.driver import ENTRY, planned

from reviewlab.cluster.ray import RayLauncher, connected
from reviewlab.launching.here import LocalLaunch
from reviewlab.launching.launch import Launch
from reviewlab.launching.on_ray import RayLaunch
from reviewlab.sweeps.local import LocalLauncher
from reviewlab.sweeps.settings import SweepSettings


def main(where: str, path: Path, words: list[str]) -> int:
    """Work on the sweep until nothing is left to do, or until a signal says so."""
    settings = SweepSettings(name=path.name, max_attempts=2)
    with planned(path, words, settings) as (_, asked):
        if where == "ray":
            with connected(None):
                return finish(RayLaunch(asked, RayLauncher(), 2, ENTRY))
        launcher = LocalLauncher(slots=2)
        launcher.open(ENTRY)
        return finish(LocalLaunch(asked, launcher, launcher.slots([])))


def finish(launch: Launch) -> int:
    """Carry out a launch, print how it went, and return its exit code."""
    outcome = launch.run()
    sys.stdout.write(outcome.summary)
    return outcome.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3].split(",")))
