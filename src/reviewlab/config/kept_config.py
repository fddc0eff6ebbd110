"""A run folder's config as a new start: read, with what a command line changes of it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from reviewlab.config.command_line import quote_paths
from reviewlab.config.compose import CONFIGS
from reviewlab.config.flags import CONFIG_DIR
from reviewlab.console.exit import SHOW_TRACEBACK
from reviewlab.exceptions import InputError, single_line
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config


class Verb(NamedTuple):
    """A command that starts from a run folder.

    Args:
        name: `resume` or `rerun`.
        allowed: the keys that it lets be changed, in words.
    """

    name: str
    allowed: str


def read_config(folder: RunFolder, verb: Verb) -> Config:
    """Read the config of a run folder.

    Raises:
        InputError: it is damaged.
    """
    try:
        config = folder.read_config()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{verb.name}: {folder.path}/config.yaml: {single_line(str(error))}"
        ) from error
    if not isinstance(config, dict):
        raise InputError(f"{verb.name}: {folder.path}/config.yaml: not a config: no keys")
    return config


def read_changes(argv: Sequence[str], config: Config, verb: Verb) -> Iterator[tuple[str, Any]]:
    """Yield the dotted keys that a command line sets, each with its new value.

    Args:
        argv: the command line.
        config: that of the folder.
        verb: what is done with it, for the message.

    Raises:
        InputError: a flag, a group choice, or anything but one value a key.
    """
    for argument in quote_paths(argv):
        if argument != SHOW_TRACEBACK:
            yield _change(argument, config, verb)


def _change(argument: str, config: Config, verb: Verb) -> tuple[str, Any]:
    allowed = f"allowed: {verb.allowed}"
    if argument.startswith(CONFIG_DIR):
        raise InputError(
            f"{argument}: {verb.name} reads config.yaml of the run folder, which holds all that "
            "was composed; leave it out"
        )
    if argument.startswith("-"):
        raise InputError(f"{verb.name}: is for one run as it was, not for {argument}; {allowed}")
    try:
        [override] = OverridesParser.create().parse_overrides([argument])
    except HydraException as error:
        raise InputError(
            f"{argument}: not readable as key=value: {single_line(str(error))}"
        ) from error
    key = override.key_or_group
    if "." not in key and (isinstance(config.get(key), dict) or (CONFIGS / key).is_dir()):
        raise InputError(f"{key}: a group cannot be chosen again with {verb.name}; {allowed}")
    if override.is_delete() or override.is_sweep_override():
        raise InputError(f"{argument}: one value is needed with {verb.name}; {allowed}")
    return key, override.value()
