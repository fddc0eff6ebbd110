"""Read the config of a run folder and the changes that a command line makes to it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from reviewlab.config.command_line import quote_paths
from reviewlab.config.compose import CONFIGS
from reviewlab.config.flags import CONFIG_DIR
from reviewlab.console.exit import SHOW_TRACEBACK
from reviewlab.exceptions import InputError, short_repr, single_line
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config

GROUPS = ("data", "model", "loss", "optimizer", "scheduler", "trainer", "callbacks", "logger")
"""Keys whose value is a mapping, or null where nothing is chosen."""


class Verb(NamedTuple):
    """An action that starts from an existing run folder.

    Args:
        name: `resume` or `rerun`.
        allowed: description of what the command line may change, for messages.
    """

    name: str
    allowed: str


def read_config(folder: RunFolder, verb: Verb) -> Config:
    """Read the config of a run folder.

    Raises:
        InputError: the file is missing or damaged.
    """
    place = f"{verb.name}: {folder.path}/config.yaml"
    try:
        config = folder.read_config()
    except (OSError, ValueError) as error:
        raise InputError(f"{place}: {single_line(str(error))}") from error
    for key in GROUPS:
        if key in config and not isinstance(config[key], dict | None):
            raise InputError(f"{place}: {key}: {short_repr(config[key])}; allowed: a mapping")
    return config


def read_changes(argv: Sequence[str], config: Config, verb: Verb) -> Iterator[tuple[str, Any]]:
    """Yield each dotted key that a command line sets, with its new value.

    Args:
        argv: the command line.
        config: the run folder's config.
        verb: `resume` or `rerun`, for messages.

    Raises:
        InputError: an argument is a flag, chooses a group, or does not set one value.
    """
    for argument in quote_paths(argv):
        if argument != SHOW_TRACEBACK:
            yield _change(argument, config, verb)


def _change(argument: str, config: Config, verb: Verb) -> tuple[str, Any]:
    allowed = f"allowed: {verb.allowed}"
    if argument.startswith(CONFIG_DIR):
        raise InputError(
            f"{argument}: {verb.name} reads the complete config from the run folder's config.yaml; "
            "leave out the flag"
        )
    if argument.startswith("-"):
        raise InputError(f"{verb.name}: cannot be combined with {argument}; {allowed}")
    try:
        [override] = OverridesParser.create().parse_overrides([argument])
    except (HydraException, RecursionError) as error:
        raise InputError(
            f"{argument}: not readable as key=value: {single_line(str(error))}"
        ) from error
    key = override.key_or_group
    if "." not in key and (isinstance(config.get(key), dict) or (CONFIGS / key).is_dir()):
        raise InputError(f"{key}: {verb.name} cannot choose another config file; {allowed}")
    if override.is_delete() or override.is_sweep_override():
        raise InputError(f"{argument}: {verb.name} needs one value for the key; {allowed}")
    return key, override.value()
