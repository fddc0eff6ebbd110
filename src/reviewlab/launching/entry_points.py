"""Let the forks of a sweep read the entry points of all installed packages once.

Lightning looks for packages that add callbacks to every trainer. For that it reads the metadata of
all packages, which takes 15 to 20 ms for each job, as long as a few steps of a small network.
"""

import functools
from importlib.metadata import entry_points

from lightning_fabric.utilities import registry

CALLBACKS = "pytorch_lightning.callbacks_factory"
"""The group that Lightning 2.6 reads for each trainer."""

remembered_entry_points = functools.cache(entry_points)
remembered_entry_points(group=CALLBACKS)
vars(registry)["entry_points"] = remembered_entry_points
