"""Where the jobs of a sweep run: here, on a SLURM cluster or on a Ray cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.ray import RayLauncher, connected
from reviewlab.config.bind import bind
from reviewlab.config.build import build
from reviewlab.config.request import Request
from reviewlab.launching.here import Here
from reviewlab.launching.on_ray import OnRay
from reviewlab.launching.slurm import Cluster
from reviewlab.sweeps.local import LocalLauncher

Place = Here | Cluster | OnRay


class Launching:
    """The root of the node `hydra`, as far as a sweep reads it."""

    def __init__(self, launcher: LocalLauncher | SlurmLauncher | RayLauncher) -> None:
        self.launcher = launcher


@contextmanager
def place(request: Request) -> Iterator[Place]:
    """What `hydra.launcher` names, held for as long as the block lasts.

    Raises: InputError for what it cannot be.
    """
    launching = bind({"launcher": request.launcher}, Launching, "hydra")
    launcher = build(launching["launcher"])
    if isinstance(launcher, RayLauncher):
        with connected(launcher.address) as nodes:
            yield OnRay(launcher, nodes)
    else:
        yield Cluster(launcher) if isinstance(launcher, SlurmLauncher) else Here(launcher)
