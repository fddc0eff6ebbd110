"""Explain each of Hydra's composition errors in one line; Hydra itself prints six to ten."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.errors import MissingConfigException, OverrideParseException
from omegaconf.errors import OmegaConfBaseException

from reviewlab import dotted
from reviewlab.config.choices import choices_with, list_choices
from reviewlab.config.foreign import INSTEAD, refuse_choice
from reviewlab.exceptions import InputError, closest, did_you_mean, single_line
from reviewlab.overrides import bare, key_of, parse, values

ComposePossible = Callable[[Sequence[str]], Mapping[str, Any]]
"""Function that composes a config from as many of the overrides as possible, to look up keys."""

FROM_A_CHECKPOINT = ("ckpt_path", "checkpoint", "checkpoint_path", "resume_from_checkpoint")
"""Names that other tools use for the checkpoint to resume from."""

MOST_LISTED = 12
"""Number of choices up to which a message lists them all, even if it suggests one."""


def explain_hydra_error(
    error: Exception, overrides: Sequence[str], configs: Path, compose_possible: ComposePossible
) -> InputError:
    """Explain in one line why Hydra cannot compose a config.

    Args:
        error: Hydra's exception.
        overrides: the command line's overrides.
        configs: the folder of the yaml files.
        compose_possible: function that composes as much of a config as possible from overrides, to
            show which keys and groups exist.
    """
    if isinstance(error, MissingConfigException):
        return InputError(_explain_unknown_choice(error, overrides, configs))
    if missing := re.search(r"path=(.*) is not available", str(error)):
        return InputError(
            f"hydra.searchpath: there is no {missing[1]!r}; allowed: a list of folders, such as "
            "hydra.searchpath=[file:///home/me/conf]"
        )
    if isinstance(error, OverrideParseException):
        return explain_unreadable(str(error.override), error.message, compose_possible([]))
    message = str(error)
    if message.startswith("Invalid plugin 'reviewlab."):  # a foreign sweeper got our launcher
        return InputError("hydra/sweeper: not one of reviewlab's sweepers; allowed: grid, optuna")
    if key := re.search(r"Could not override '([^']+)'", message):
        return InputError(
            _explain_unknown_override(key.group(1), message, overrides, configs, compose_possible)
        )
    if key := re.search(r"Could not delete from config. '([^']+)' does not exist", message):
        return InputError(explain_unknown_key(key.group(1), dotted.keys(compose_possible([]))))
    if "Config group override must be a string" in message:
        groups = _list_groups(compose_possible([]))
        named = [bare(argument) for argument in overrides if key_of(argument) in groups]
        return InputError(
            f"{', '.join(named) or 'defaults'}: the value of a config group must be the name of a "
            "file in conf/<group>/"
        )
    return InputError(_explain_sign(message, overrides) or _explain_any(error))


def explain_unreadable(argument: str, message: str, keys: Collection[str] = ()) -> InputError:
    """Explain in one line why Hydra cannot parse an argument.

    Args:
        argument: the argument as typed.
        message: Hydra's error message.
        keys: the script's keys, to suggest one if the argument is a path.
    """
    if "=" not in argument:
        example = _suggest_argument(argument, keys)
        such_as = f", such as {example}" if example else ""
        return InputError(f"{argument!r} has no '='; give key=value{such_as}")
    reason = single_line(message).split(" See ")[0]  # the rest points to Hydra's documentation
    return InputError(
        f"{argument}: not readable as key=value: {reason}; "
        "a value with commas, brackets, quotes or '=' needs its own quotes: 'key=\"a, b\"'"
    )


def _suggest_argument(path: str, keys: Collection[str] = ()) -> str:
    """Suggest an argument, such as `resume=<path>`, if the user typed only a path.

    Args:
        path: the path as typed.
        keys: the script's keys.
    """
    where = Path(path)
    if path.endswith(".ckpt") or ("checkpoint" in keys and where.is_dir()):
        return f"checkpoint={path}"
    if (where / "config.yaml").is_file():
        return f"resume={path}"
    table = "input" if "input" in keys else "data=table data.source"
    return f"{table}={path}" if where.exists() else ""


def explain_unknown_key(key: str, keys: Sequence[str]) -> str:
    """Explain in one line that a dotted key is not among `keys`, and suggest one that is."""
    parent, _, leaf = key.rpartition(".")
    if leaf in FROM_A_CHECKPOINT and "checkpoint" not in keys:
        return f"{key}: no such key; resume=<run folder> continues a run"
    siblings = {name.rpartition(".")[2]: name for name in keys if name.rpartition(".")[0] == parent}
    meant = closest(leaf, siblings)  # without the common prefix, which would make all similar
    elsewhere = [name for name in keys if name.rpartition(".")[2] == leaf]
    hint = (
        (f"; did you mean {siblings[meant]!r}?" if meant else "")
        or (f"; did you mean {elsewhere[0]!r}?" if elsewhere else "")
        or did_you_mean(key, keys, likeness=0.8)
        or _suggest_similar_leaf(key, keys)
    )
    if not hint and siblings:
        names = ", ".join(name for name in siblings if name != "_target_")
        hint = f"; {parent or 'the config'} has {names}"
    return f"{key}: no such key{hint}"


def _suggest_similar_leaf(key: str, keys: Sequence[str]) -> str:
    """Suggest `trainer.max_epochs` for `epochs`; suggest nothing for a key with a dot."""
    leaves = {name.rpartition(".")[2]: name for name in keys if "." not in key}
    similar = closest(key, leaves, likeness=0.75)
    return f"; did you mean {leaves[similar]!r}?" if similar else ""


def _explain_sign(message: str, overrides: Sequence[str]) -> str | None:
    """Explain a superfluous `+` or too many values; return None for any other error."""
    if several := re.search(r"Ambiguous value for argument '([^']+)'", message):
        return (
            f"{several.group(1)}: only one value is allowed; to run a sweep over all values, add -m"
        )
    if chosen := re.search(r"Multiple values for (\S+)\. ", message):
        return _explain_chosen_twice(chosen.group(1), overrides)
    if added := re.search(r"force-add of config groups is not supported: '\+\+(.+)'", message):
        return f"++{added.group(1)}: leave out the '++': {added.group(1)}"
    if key := re.search(r"An item is already at '([^']+)'", message):
        return f"+{key.group(1)}: exists already; leave out the '+' to change it"
    return None


def _explain_chosen_twice(group: str, overrides: Sequence[str]) -> str:
    """Explain that a group was chosen twice, on the command line or in a file."""
    for argument in overrides:
        if argument.startswith("+") and key_of(argument) == group:
            return f"{argument}: the group is chosen already; leave out the '+': {bare(argument)}"
    return (
        f"{group}: is chosen twice; to change the choice in a file, write 'override /{group}: ...'"
    )


def _explain_unknown_choice(
    error: MissingConfigException, overrides: Sequence[str], configs: Path
) -> str:
    missing = (error.missing_cfg_file or "").removesuffix(".yaml")
    parsed = map(parse, overrides)
    group = next((o.key for o in parsed if f"{o.key}/{o.value}" == missing), None)
    if group is None:
        group = missing.rpartition("/")[0]
    choice = missing.removeprefix(f"{group}/")
    refuse_choice(group, choice)
    if group == "data" and Path(choice).is_file():
        return f"data: there is no {choice!r}; to train on it: {_suggest_argument(choice)}"
    allowed = sorted(
        {*list_choices(configs, group), *(error.options or ())} - INSTEAD.get(group, {}).keys()
    )
    if not group:
        return f"config {choice!r}: no such file in the config folder"
    if not allowed:
        return f"{group}: no such group of configs"
    hint = did_you_mean(choice, allowed)
    if hint and len(allowed) > MOST_LISTED:
        return f"{group}: there is no {choice!r}{hint} --help lists all {len(allowed)}"
    return f"{group}: there is no {choice!r}{hint or ';'} allowed: {', '.join(allowed)}"


def _explain_unknown_override(
    key: str,
    message: str,
    overrides: Sequence[str],
    configs: Path,
    compose_possible: ComposePossible,
) -> str:
    where = re.match(r"In '([^']+)'", message)
    if key == "data/text":  # it is in every other composition of data
        by = f", which conf/{where.group(1)}.yaml sets," if where else ""
        return f"data/text: the text encoder{by} is not allowed with data that have images"
    others = [argument for argument in overrides if key_of(argument) != key]
    config = compose_possible(others)
    groups = _list_groups(config)
    keys = dict.fromkeys([*dotted.keys(config), *groups])
    if not key.startswith("hydra"):
        keys = {name: None for name in keys if not name.startswith("hydra")}
    value = values(overrides).get(key)
    offering = [group for group in groups if value in list_choices(configs, group)]
    if hint := did_you_mean(key, offering):
        return f"{key}: no such key{hint}"
    group, _, leaf = key.rpartition(".")
    deeper = [name for name in keys if name.startswith(f"{group}.") and name.endswith(f".{leaf}")]
    if not deeper and (choices := choices_with(key, configs, groups)):
        return f"{key}: no such key; it belongs to {' and '.join(choices)}"
    line = explain_unknown_key(key, list(keys))
    return f"{line} (in conf/{where.group(1)}.yaml)" if where else line


def _list_groups(config: Mapping[str, Any]) -> list[str]:
    """List the groups that the composed config uses; each script uses only some groups."""
    return list(config.get("hydra", {}).get("runtime", {}).get("choices", {}))


def _explain_any(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else None
    key = getattr(cause or error, "full_key", None)
    texts = [str(key) if key else "", str(error), (cause and cause.msg) or ""]
    if isinstance(error, OmegaConfBaseException):
        texts[1] = error.msg or str(error)
    lines = (single_line(text).split(" full_key:")[0] for text in texts if text)
    return ": ".join(lines) or type(error).__name__
