"""Draw random config files that are right, nearly right or wrong, based on those of conf/."""

import copy
import functools
import math
from random import Random
from typing import Any, NamedTuple

from tests.conf.mandatory import mandatory

from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.schemas.factories import Factory, list_factories
from reviewlab.sweeps.settings import Launcher

GROUPS = ("data", "model", "loss", "optimizer", "scheduler", "trainer", "callbacks", "logger")

VALUES: list[Any] = [
    *(0, 1, 2, 3, -1, 64, 500, 10**6, -(10**9)),
    *(0.5, 0.25, 1.5, -0.5, 1e-7, 0.999, math.inf, -math.inf, math.nan),
    *(True, False, None, "", "a", "1", "0.5", "1e-3", "true", "no", "null", "auto", "none"),
    *("keras", "mean", "last", "min", "max", "post", "random", "grouped", "balanced", "32-true"),
    *([], [1], [2, 3], [0.5, 0.9], [0, 1, 2], ["a"], ["a", "b"], [None], [True], [[1]], [[]]),
    *({}, {"a": 1}, {"a": "b"}, {"a": {"b": 1}}, {"1": 2}),
    *("${seed}", "${monitor}", "a ${seed}"),
]
"""No whole number is written as a float: 1 and 1.0 are the same to JSON, not to the commands."""

TARGETS = ["reviewlab.models.LSTMClasifier", "torch.optim.Adm", "somebody.elses.Class", 3, None]


class GroupFile(NamedTuple):
    """A file of a group: its schema's name, and what it holds."""

    schema: str
    content: dict[str, Any]


@functools.cache
def bases() -> list[GroupFile]:
    """Return what the files of conf/ compose to, node by node."""
    choices = {
        group: sorted(path.stem for path in (CONFIGS / group).glob("*.yaml"))
        for group in (*GROUPS, "data/text")
    }
    choices["logger"].remove("none")
    choices["data"].remove("mnist")  # images have no text encoder
    images = compose_config("train", ["data=mnist", "model=image_cnn"])
    files = [GroupFile("data", images["data"])]
    for number in range(max(map(len, choices.values()))):
        chosen = {group: names[number % len(names)] for group, names in choices.items()}
        overrides = [f"{group}={name}" for group, name in chosen.items()]
        given = [key for group, name in chosen.items() for key in mandatory(f"{group}/{name}.yaml")]
        sources = [] if chosen["data/text"] != "pretrained" else ["data.text.source=x"]
        config = compose_config("train", [*overrides, *given, *sources])
        files += [GroupFile(group, config[group]) for group in GROUPS]
        files.append(GroupFile("text", config["data"]["text"]))
    launchers = (factory.names[0] for factory in list_factories() if factory.makes(Launcher))
    # Twice, since there are few of them.
    return files + 2 * [GroupFile("launcher", {"_target_": name}) for name in launchers]


def draw(random: Random) -> GroupFile:
    """Change a file of conf/ in up to three places."""
    schema, content = random.choice(bases())
    content = copy.deepcopy(content)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        node = random.choice(nodes(content))
        random.choice(CHANGES)(random, node)
    if random.random() < 0.1:
        content["defaults"] = ["_self_"]
    return GroupFile(schema, content)


def nodes(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a mapping and all mappings in it, the outer ones more often."""
    inner = [node for value in content.values() if isinstance(value, dict) for node in nodes(value)]
    return [content, content, *inner]


def set_value(random: Random, node: dict[str, Any]) -> None:
    if node:
        node[random.choice(sorted(node))] = copy.deepcopy(random.choice(VALUES))


def misspell(random: Random, node: dict[str, Any]) -> None:
    if node:
        key = random.choice(sorted(node))
        node[f"{key}x" if random.random() < 0.5 else f"{key[0]}_{key[1:]}"] = node.pop(key)


def add_argument(random: Random, node: dict[str, Any]) -> None:
    """Set another argument of the target, or one that another target has."""
    factory = by_name().get(str(node.get("_target_")), random.choice(list_factories()))
    if factory.arguments:
        node[random.choice(sorted(factory.arguments))] = copy.deepcopy(random.choice(VALUES))


def set_target(random: Random, node: dict[str, Any]) -> None:
    known = [name for factory in list_factories() for name in factory.names]
    node["_target_"] = random.choice(known if random.random() < 0.7 else TARGETS)


def add_key_of_hydra(random: Random, node: dict[str, Any]) -> None:
    node[random.choice(("_convert_", "_partial_", "_args_"))] = random.choice(VALUES)


def drop(random: Random, node: dict[str, Any]) -> None:
    if node:
        del node[random.choice(sorted(node))]


CHANGES = (
    *(set_value, set_value, set_value, add_argument, add_argument, misspell),
    *(set_target, add_key_of_hydra, drop),
)


@functools.cache
def by_name() -> dict[Any, Factory]:
    return {name: factory for factory in list_factories() for name in factory.names}
