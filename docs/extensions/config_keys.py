"""List the keys of a config: allowed values from signatures, descriptions from docstrings."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from omegaconf import OmegaConf

from config_files import ConfigFile
from reviewlab import dotted
from reviewlab.cli.schema import primary_options
from reviewlab.config.bind import PROVIDED
from reviewlab.config.compose import compose_unresolved
from reviewlab.config.experiment import Experiment
from reviewlab.config.part import TARGET
from reviewlab.config.signatures import list_arguments, locate
from reviewlab.schemas.docstrings import describe_arguments
from reviewlab.sweeps.settings import SearchSettings, SweepSettings
from reviewlab.values import describe


class NoSettings:
    """The settings of the grid sweeper, which has none."""


SCHEMAS: Mapping[str, type] = {
    "train": Experiment,
    **{name: classes[0] for name, classes in primary_options().items()},
}
"""The class that checks the keys of each primary config."""

NODES: Mapping[str, type] = {
    "sweep": SweepSettings,
    "hydra_plugins.reviewlab.GridSweeper": NoSettings,
    "hydra_plugins.reviewlab.OptunaSweeper": SearchSettings,
}
"""Classes that check nodes whose targets do not, by the node's dotted key or its target."""


class Key(NamedTuple):
    """One key that a command line can set.

    Attributes:
        name: the dotted key, such as `model.hidden_size`.
        allowed: the allowed values, in words.
        default: the default as written in the yaml file; `???` if the key must be given.
        description: the key's meaning, in Markdown.
    """

    name: str
    allowed: str
    default: Any
    description: str


def keys_of_choice(file: ConfigFile) -> list[Key]:
    """Return the keys of a choice of a group, first those that its own file sets.

    Only these are returned for a callback and for a file that builds on another choice of its
    group. A data set's keys do not include those of its text encoder.
    """
    node = composed_node(file)
    keys = list(_keys(node, file.package, file.comments, _schema(file, node)))
    own = [key for key in keys if key.name in file.settings]
    if file.group == "callbacks" or builds_on(file):
        return own
    shared = [key for key in keys if key not in own]
    if file.group == "data":
        shared = [key for key in shared if not key.name.startswith("data.text.")]
    return own + shared


def builds_on(file: ConfigFile) -> list[str]:
    """Return the names of the other files of its group that a file includes."""
    return [other.choice for other in file.included if other.group == file.group]


def composed_node(file: ConfigFile) -> dict[str, Any]:
    """Return the node that a file fills in a composed config, not resolved."""
    # data=demo sets its own max_length, which would replace the one in the file
    others = ["data=imdb"] if file.group == "data/text" else []
    config = _compose("train", (f"{file.group}={file.choice}", *others))
    node: dict[str, Any] = dotted.get(config, file.package)
    return node


def keys_of_primary(name: str) -> list[Key]:
    """Return all keys that the file of a primary config sets, nested ones included."""
    file = ConfigFile(name)
    keys = _keys(_compose(name, ()), "", file.comments, SCHEMAS[name])
    return [key for key in keys if key.name in file.settings]


def more_arguments(file: ConfigFile) -> list[str]:
    """Return the target's arguments that the yaml file does not set; a `+` adds them."""
    node = composed_node(file)
    if TARGET not in node or file.group.startswith("hydra"):
        return []
    names = list_arguments(locate(node[TARGET], file.package), file.package)
    provided = PROVIDED.get(file.package, frozenset())
    return [name for name in names if name not in node and name not in provided]


@cache
def _compose(primary: str, overrides: tuple[str, ...]) -> dict[str, Any]:
    config = compose_unresolved(primary, overrides, hydra_too=primary == "train")
    container: Any = OmegaConf.to_container(config, resolve=False)
    return {str(key): value for key, value in container.items()}


def _schema(file: ConfigFile, node: Mapping[str, Any]) -> type | None:
    return NODES.get(str(node.get(TARGET, file.package)))


def _keys(
    node: Mapping[str, Any], place: str, comments: Mapping[str, str], schema: type | None
) -> Iterator[Key]:
    """Yield the keys of a node and of the nodes inside it.

    Args:
        node: the composed node, not resolved.
        place: dotted key of the node; empty for a whole config.
        comments: comments from the yaml files, by dotted key.
        schema: the class that checks the node; None if its target does.
    """
    target: Any = schema or (locate(node[TARGET], place) if TARGET in node else None)
    arguments = list_arguments(target, place) if target else {}
    described = describe_arguments(target, {*node, *arguments}) if target else {}
    for name, value in node.items():
        key = f"{place}.{name}" if place else name
        if isinstance(value, dict) and value and key != "hydra":
            yield from _keys(value, key, comments, None)
        elif name != TARGET:
            allowed = describe(arguments[name].annotation) if name in arguments else ""
            ours = target is not None and target.__module__.startswith(("reviewlab", "hydra_pl"))
            texts = [described.get(name, ""), comments.get(key, "")]
            yield Key(key, allowed, value, next(filter(None, texts if ours else texts[::-1]), ""))
