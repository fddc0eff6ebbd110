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
"""Maps each group to the class of the objects that its files make."""

FILES = {**{kind: name for name, kind in GROUPS.items()}, Launcher: "launcher"}
"""Maps each class to the name of the schema for the files that make its objects."""

NODES = {"text": "data.text"}
"""Maps each group whose node in a config has a different name to that node."""

BEFORE_BINDING: dict[tuple[str, str], Schema] = {("trainer", "precision"): {"enum": ["auto"]}}
"""Maps a group and an argument to values that are replaced before arguments are checked."""
