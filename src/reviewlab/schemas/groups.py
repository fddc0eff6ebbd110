"""List the groups of an experiment and the class of objects that each group's files make."""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from reviewlab.config.bind import object_classes
from reviewlab.config.experiment import Experiment
from reviewlab.config.signatures import list_arguments
from reviewlab.schemas.values import Schema
from reviewlab.sweeps.settings import Launcher
from reviewlab.text.encoder import TextEncoder


def kind_of(annotation: Any) -> type | None:
    """Return the class of the objects that an annotation allows; None for plain values.

    For a list or mapping it is the class of the members.
    """
    arguments = get_args(annotation)
    each = arguments[-1] if get_origin(annotation) in (dict, list, Sequence) else annotation
    return next(iter(object_classes(each)), None)


ARGUMENTS = list_arguments(Experiment, "")

GROUPS: dict[str, type] = {
    **{key: kind for key, a in ARGUMENTS.items() if (kind := kind_of(a.annotation)) is not None},
    "text": TextEncoder,
}
"""The class of the objects that a group's files make, by group."""

FILES = {**{kind: name for name, kind in GROUPS.items()}, Launcher: "launcher"}
"""The name of the schema of the files that make an object of a class, by class."""

NODES = {"text": "data.text"}
"""The node of a group in a config, by group, if the node's name differs from the group's."""

BEFORE_BINDING: dict[tuple[str, str], Schema] = {("trainer", "precision"): {"enum": ["auto"]}}
"""Values that are replaced before arguments are checked, by group and argument."""
