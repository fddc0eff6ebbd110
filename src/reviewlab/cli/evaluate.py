"""The command line of `scripts/evaluate.py`; torch is imported after `--help` was answered."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reviewlab.config.bind import bind
from reviewlab.config.command_line import take_verbatim
from reviewlab.console.exit import exit_on_input_error
from reviewlab.evaluation.options import parse, refuse_missing, refuse_output
from reviewlab.ranges import NonNegativeInt, Threads

VERBATIM = ("checkpoint", "output")
SOURCE = "data.source"


@dataclass(frozen=True)
class Plain:
    """The options that can be checked before torch is imported, which takes seconds.

    output: a json file for the numbers, or a folder for tables.
    seed: data configs refer to it; nothing that is measured depends on it.
    """

    checkpoint: str | None
    split: Literal["train", "validation", "test"]
    output: str | None
    device: Literal["cpu", "cuda"]
    threads: Threads
    seed: NonNegativeInt


def main(argv: Sequence[str] | None = None) -> None:
    """Measure a checkpoint."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        asked = asked_of_checkpoint("evaluate", arguments)
        if asked is not None:
            refuse_output(asked[0]["output"], [".json"])
            from reviewlab.evaluation.measure import evaluate

            evaluate(*asked)


def asked_of_checkpoint(
    config_name: str, arguments: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The options, and settings of the checkpoint's own data; None after `--help`."""
    changes, others = _parted(arguments)
    options = parse(config_name, VERBATIM, others)
    if options is None:
        return None
    bind({key: value for key, value in options.items() if key != "data"}, Plain)
    refuse_missing(options["checkpoint"])
    # Hydra leaves out a group of which nothing was chosen
    return {"data": None, **options}, changes


def _parted(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Settings of the checkpoint's own data, and what Hydra is to see.

    `data.<key>=` belongs to the data that `data=` names; without one, to those of the checkpoint,
    of which Hydra knows nothing. The source is a path: it is taken as it stands.
    """
    changes: dict[str, Any] = {}
    taken, rest = take_verbatim(arguments, (SOURCE,))
    changes |= taken
    if any(argument.startswith("data=") for argument in rest):
        return changes, rest
    own = [argument for argument in rest if argument.lstrip("+~").startswith("data.")]
    changes |= dict(map(_setting, own))
    return changes, [argument for argument in rest if argument not in own]


def _setting(argument: str) -> tuple[str, Any]:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import OverrideType
    from hydra.errors import HydraException

    from reviewlab.config.hydra_errors import unreadable
    from reviewlab.exceptions import InputError

    try:
        override = OverridesParser.create().parse_override(argument)
    except HydraException as error:
        raise unreadable(argument, str(error)) from error
    if override.type is not OverrideType.CHANGE or override.is_sweep_override():
        raise InputError(f"{argument}: not allowed; allowed: one new value, as key=value")
    return override.key_or_group, override.value()
