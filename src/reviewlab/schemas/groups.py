"""The groups of an experiment, and the class of which their files make objects."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from reviewlab.config.bind import object_classes
from reviewlab.config.experiment import Experiment
from reviewlab.config.signatures import list_arguments
from reviewlab.schemas.values import Schema
from reviewlab.sweeps.settings import Launcher
from reviewlab.text.encoder import TextEncoder


def kind_of(annotation: Any) -> type | None:
    """Return the class of the object, or of each in a collection; None for plain values."""
    arguments = get_args(annotation)
    each = arguments[-1] if get_origin(annotation) in (dict, list, Sequence) else annotation
    return next(iter(object_classes(each)), None)


ARGUMENTS = list_arguments(Experiment, "")

GROUPS: dict[str, type] = {
    **{key: kind for key, a in ARGUMENTS.items() if (kind := kind_of(a.annotation)) is not None},
    "text": TextEncoder,
}
"""By group of an experiment, the class of what its files make."""

FILES = {**{kind: name for name, kind in GROUPS.items()}, Launcher: "launcher"}
"""By class, the schema of files that make one."""

NODES = {"text": "data.text"}
"""By group, its node in a config, unless that is called like it."""

BEFORE_BINDING: dict[tuple[str, str], Schema] = {("trainer", "precision"): {"enum": ["auto"]}}
"""By group and argument, values that are replaced before arguments are checked."""
