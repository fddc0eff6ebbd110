"""Going on with a run: its folder's config is the config, and little of it may change."""

from collections.abc import Sequence
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from reviewlab.app.errors import SHOW_TRACEBACK, flat
from reviewlab.errors import InputError
from reviewlab.runs.folder import RunFolder

BUDGET = ("trainer.max_epochs", "trainer.max_steps", "trainer.max_time")


def resumed_config(folder: RunFolder, argv: Sequence[str]) -> dict[str, Any]:
    """The config of `folder` with what `argv` changes of it.

    Raises: InputError for anything but the budget and the logger's options.
    """
    config = _read(folder)
    for argument in argv:
        if argument == SHOW_TRACEBACK:
            continue
        key, value = _override(argument, config)
        node = config
        *parents, leaf = key.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        if key in BUDGET[:2] and value != node.get(leaf) and _ends_with_the_budget(config):
            raise InputError(
                f"{key}: cannot be changed with resume where scheduler=cosine: every learning rate "
                "so far followed from the budget; allowed: a new run"
            )
        node[leaf] = value
    return config


def _ends_with_the_budget(config: dict[str, Any]) -> bool:
    """Whether a larger budget would have changed the steps that were made already."""
    scheduler = config.get("scheduler")
    target = scheduler.get("_target_") if isinstance(scheduler, dict) else None
    return target == "reviewlab.training.schedulers.cosine"


def _read(folder: RunFolder) -> dict[str, Any]:
    try:
        config = folder.read_config()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"resume: {folder.path}/config.yaml: {flat(str(error))}") from error
    if not isinstance(config, dict):
        raise InputError(f"resume: {folder.path}/config.yaml: not a config: no keys")
    return config


def _override(argument: str, config: dict[str, Any]) -> tuple[str, Any]:
    allowed = f"allowed: {', '.join(BUDGET)}, logger.<key>"
    if argument.startswith("-"):
        raise InputError(f"resume: goes on with one run as it was, not with {argument}; {allowed}")
    try:
        [override] = OverridesParser.create().parse_overrides([argument])
    except HydraException as error:
        raise InputError(f"{argument}: not readable as key=value: {flat(str(error))}") from error
    key = override.key_or_group
    if "." not in key and isinstance(config.get(key), dict):
        raise InputError(f"{key}: a group cannot be chosen again with resume; {allowed}")
    if key not in BUDGET and not key.startswith("logger."):
        raise InputError(f"{key}: cannot be changed with resume; {allowed}")
    if override.is_delete() or override.is_sweep_override():
        raise InputError(f"{argument}: one value is needed with resume; {allowed}")
    return key, override.value()
