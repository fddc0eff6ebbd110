"""Hydra's global state, set aside while a host program trains."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from omegaconf.basecontainer import BaseContainer

OF_ONE_PROGRAM: tuple[type, ...] = (GlobalHydra, HydraConfig)
"""Singletons that belong to the program that Hydra runs."""


@contextmanager
def own_hydra() -> Iterator[None]:
    """Set aside the Hydra of the host program, and restore it at the end of the block.

    Hydra refuses to start where it is running already, and leaves its last config and its resolvers
    behind. The backups that it makes itself are copies, not the objects that the host holds.
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
