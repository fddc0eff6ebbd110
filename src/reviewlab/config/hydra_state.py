"""Set Hydra's global state aside while reviewlab runs inside another program."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from omegaconf.basecontainer import BaseContainer

OF_ONE_PROGRAM: tuple[type, ...] = (GlobalHydra, HydraConfig)
"""Hydra's singletons that hold the state of the running program."""


@contextmanager
def own_hydra() -> Iterator[None]:
    """Set aside the host program's Hydra state, and restore it at the end of the block.

    Hydra refuses to start if it is already running, and it leaves its last config and resolvers
    behind. Hydra's own backup functions would restore copies of the state, while the host program
    may still refer to the original objects.
    """
    instances, resolvers = Singleton._instances, dict(BaseContainer._resolvers)
    before = {kind: instances.pop(kind) for kind in OF_ONE_PROGRAM if kind in instances}
    try:
        yield
    finally:
        for kind in OF_ONE_PROGRAM:
            instances.pop(kind, None)
        instances.update(before)
        BaseContainer._resolvers = resolvers
