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
from reviewlab.config.values import describe
from reviewlab.schemas.docstrings import describe_arguments
from reviewlab.sweeps.settings import SearchSettings, SweepSettings


class NoSettings:
    """A grid takes no settings."""


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
"""The class that checks a node, by its place or its target, where the target itself does not."""


class Key(NamedTuple):
    """One key that a command line can set.

    name: dotted, such as `model.hidden_size`.
    allowed: in words.
    default: as yaml has it; None where it has to be given.
    description: in Markdown.
    """

    name: str
    allowed: str
    default: Any
    description: str


def keys_of_choice(file: ConfigFile) -> list[Key]:
    """Return the keys of a choice of a group, those of choices that it builds on left out."""
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
    """Return the other choices of the group that a choice takes in."""
    return [other.choice for other in file.included if other.group == file.group]


def composed_node(file: ConfigFile) -> dict[str, Any]:
    """Return the node of a config that a choice fills, not resolved."""
    # the demo reviews have a longest review of their own
    others = ["data=imdb"] if file.group == "data/text" else []
    config = _compose("train", (f"{file.group}={file.choice}", *others))
    node: dict[str, Any] = dotted.get(config, file.package)
    return node


def keys_of_primary(name: str) -> list[Key]:
    """Return the keys at the top of a primary config, and of the parts that every run has."""
    file = ConfigFile(name)
    keys = _keys(_compose(name, ()), "", file.comments, SCHEMAS[name])
    return [key for key in keys if key.name in file.settings]


def more_arguments(file: ConfigFile) -> list[str]:
    """Return the arguments that the target takes and the yaml leaves out, set with a plus."""
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
    """Yield the keys of a node and of the nodes in it.

    Args:
        node: composed, not resolved.
        place: dotted name of the node.
        comments: by dotted key, from the yaml.
        schema: what checks the node; None for its target.
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
