"""Parse the command lines of scripts whose options are not nested."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import OverrideType
from hydra.errors import HydraException

from reviewlab.config.bind import bind
from reviewlab.config.command_line import take_verbatim
from reviewlab.config.compose import SOURCES
from reviewlab.config.flags import is_multirun
from reviewlab.config.hydra_errors import explain_unreadable
from reviewlab.config.request import RunRequest, compose_request
from reviewlab.console.exit import SHOW_TRACEBACK
from reviewlab.exceptions import InputError
from reviewlab.overrides import key_of
from reviewlab.runs.identity import Config

Options = TypeVar("Options")


class DataChoice(NamedTuple):
    """The data on which to measure a checkpoint.

    Args:
        config: the config that `data=` chose, not yet checked; None for the data that the
            checkpoint was trained on.
        changes: maps the dotted key of each changed data setting to its new value.
    """

    config: Mapping[str, Any] | None
    changes: Mapping[str, Any]


def parse_options(
    config_name: str, schema: Callable[..., Options], verbatim: Collection[str], argv: Sequence[str]
) -> Options | None:
    """Parse the options of a command line, with defaults from a yaml file.

    Args:
        config_name: name of the primary config in conf/.
        schema: the class of the options; its signature lists them and their types.
        verbatim: options whose values are taken as typed, so that they need no quotes.
        argv: the command line.

    Returns:
        The options; None if Hydra has handled the command line itself, as with `--cfg job`.

    Raises:
        InputError: an option is unknown or its value is not allowed.
    """
    config = _compose(config_name, verbatim, argv)
    return None if config is None else bind(config, schema)


def parse_checkpoint_options(
    config_name: str, schema: Callable[..., Options], verbatim: Collection[str], argv: Sequence[str]
) -> tuple[Options, DataChoice] | None:
    """Parse the options of a script that measures a checkpoint, and the choice of the data.

    With `data=`, an argument `data.<key>=` changes a setting of the chosen data. Without `data=`,
    it changes a setting of the data that the checkpoint was trained on. Hydra does not parse the
    argument then, since it does not know these data. Paths need no quotes.

    Args:
        config_name: name of the primary config in conf/.
        schema: the class of the options, without `data`.
        verbatim: options whose values are taken as typed, so that they need no quotes.
        argv: the command line.

    Returns:
        The options and the data; None if Hydra has handled the command line itself, as with
        `--cfg job`.
    """
    sources, rest = take_verbatim(argv, SOURCES)
    changes: dict[str, Any] = dict(sources)
    if not any(argument.startswith("data=") for argument in rest):
        settings = [argument for argument in rest if key_of(argument).startswith("data.")]
        changes |= dict(map(_single_value, settings))
        rest = [argument for argument in rest if argument not in settings]
    config = _compose(config_name, verbatim, rest)
    if config is None:
        return None
    data = config.pop("data", None)  # absent if no data were chosen
    return bind(config, schema), DataChoice(data, changes)


def parse_data_options(
    config_name: str, schema: Callable[..., Options], verbatim: Collection[str], argv: Sequence[str]
) -> tuple[Options, Config] | None:
    """Parse the options of a script that only reads data.

    Args:
        config_name: name of the primary config in conf/.
        schema: the class of the options, without `data`.
        verbatim: options whose values are taken as typed, so that they need no quotes.
        argv: the command line.

    Returns:
        The options, and the config's node `data`, not yet checked. None if Hydra has handled the
        command line itself, as with `--cfg job`.
    """
    config = _compose(config_name, verbatim, argv)
    if config is None:
        return None
    data = config.pop("data")
    return bind(config, schema), data


def _compose(config_name: str, verbatim: Collection[str], argv: Sequence[str]) -> Config | None:
    if is_multirun(argv):
        raise InputError(f"command line: {config_name} cannot run a sweep; leave out -m")
    as_typed, rest = take_verbatim(argv, verbatim)
    _refuse_several(rest)
    request = compose_request(
        config_name, [argument for argument in rest if argument != SHOW_TRACEBACK]
    )
    return {**request.config, **as_typed} if isinstance(request, RunRequest) else None


def _refuse_several(arguments: Sequence[str]) -> None:
    parser = OverridesParser.create()
    for argument in arguments:
        try:
            several = parser.parse_override(argument).is_sweep_override()
        except HydraException:  # composing reports it
            continue
        if several:
            raise InputError(f"{argument}: only one value is allowed")


def _single_value(argument: str) -> tuple[str, Any]:
    """Return the key that an argument sets, and its value."""
    try:
        override = OverridesParser.create().parse_override(argument)
    except HydraException as error:
        raise explain_unreadable(argument, str(error)) from error
    if override.type is not OverrideType.CHANGE or override.is_sweep_override():
        raise InputError(f"{argument}: not allowed; give one new value, as key=value")
    return override.key_or_group, override.value()
