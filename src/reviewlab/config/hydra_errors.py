"""Hydra's composition errors, of six to ten lines each, explained in one."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra.errors import MissingConfigException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from reviewlab import dotted
from reviewlab.config.foreign import INSTEAD, refuse_choice
from reviewlab.exceptions import InputError, closest, did_you_mean, single_line
from reviewlab.overrides import bare, key_of, parse, values

ComposeKnown = Callable[[Sequence[str]], Mapping[str, Any]]
"""Composes what can be composed of some overrides, to look keys up in."""

MOST_LISTED = 12
"""Choices that a line names although it has a guess."""


def explain_hydra_error(
    error: Exception, overrides: Sequence[str], configs: Path, compose_known: ComposeKnown
) -> InputError:
    """Explain in one line why Hydra cannot compose a config.

    Args:
        error: that Hydra raised.
        overrides: of the command line.
        configs: the folder of the yaml files.
        compose_known: looks up which keys and groups there are.
    """
    if isinstance(error, MissingConfigException):
        return InputError(_explain_unknown_choice(error, overrides, configs))
    if missing := re.search(r"path=(.*) is not available", str(error)):
        return InputError(
            f"hydra.searchpath: there is no {missing[1]!r}; allowed: a list of folders, as in "
            "hydra.searchpath=[file:///home/me/conf]"
        )
    if isinstance(error, OverrideParseException):
        return explain_unreadable(str(error.override), error.message)
    message = str(error)
    if message.startswith("Invalid plugin 'reviewlab."):  # theirs cannot use our launchers
        return InputError("hydra/sweeper: only sweepers of reviewlab work here: grid, optuna")
    if key := re.search(r"Could not override '([^']+)'", message):
        return InputError(
            _explain_unknown_override(key.group(1), message, overrides, configs, compose_known)
        )
    if several := re.search(r"Ambiguous value for argument '([^']+)'", message):
        return InputError(f"{several.group(1)}: several values; -m runs one after the other")
    if key := re.search(r"Could not delete from config. '([^']+)' does not exist", message):
        return InputError(explain_unknown_key(key.group(1), dotted.keys(compose_known([]))))
    if "Config group override must be a string" in message:
        groups = _list_groups(compose_known([]))
        named = [bare(argument) for argument in overrides if key_of(argument) in groups]
        return InputError(f"{', '.join(named) or 'defaults'}: a group wants the name of a choice")
    if key := re.search(r"An item is already at '([^']+)'", message):
        return InputError(f"+{key.group(1)}: is there already; leave out the '+' to change it")
    return InputError(_explain_any(error))


def explain_unreadable(argument: str, message: str) -> InputError:
    """Explain in one line why Hydra cannot parse an argument."""
    if "=" not in argument:
        example = f", such as checkpoint={argument}" if argument.endswith(".ckpt") else ""
        return InputError(f"{argument!r} has no '='; give key=value{example}")
    reason = single_line(message).split(" See ")[0]  # there it names its documentation
    return InputError(
        f"{argument}: not readable as key=value: {reason}; "
        "a value with commas, brackets, quotes or '=' needs quotes of its own: 'key=\"a, b\"'"
    )


def list_choices(configs: Path, group: str) -> list[str]:
    """List the choices of a group, with those in its folders unless these are groups too."""
    folder = configs / group
    files = (path.relative_to(folder) for path in folder.rglob("*.yaml"))
    inner = _inner_groups(folder)
    return sorted(str(file.with_suffix("")) for file in files if file.parts[0] not in inner)


def _inner_groups(folder: Path) -> set[str]:
    """Return the groups that the files of a group choose from, as those of data do from text."""
    files = (OmegaConf.load(path) for path in folder.glob("*.yaml"))
    lists = (file.get("defaults") or () for file in files if isinstance(file, DictConfig))
    entries = (entry for entries in lists for entry in entries)
    return {str(key) for entry in entries if isinstance(entry, DictConfig) for key in entry}


def explain_unknown_key(key: str, known: Sequence[str]) -> str:
    """Say in one line that a key is not among the dotted keys that are known."""
    parent, _, leaf = key.rpartition(".")
    siblings = {
        name.rpartition(".")[2]: name for name in known if name.rpartition(".")[0] == parent
    }
    meant = closest(leaf, siblings)  # what stands before the dot is alike anyway
    elsewhere = [name for name in known if name.rpartition(".")[2] == leaf]
    hint = (
        (f"; did you mean {siblings[meant]!r}?" if meant else "")
        or (f"; did you mean {elsewhere[0]!r}?" if elsewhere else "")
        or did_you_mean(key, known, likeness=0.8)
    )
    if not hint and siblings:
        names = ", ".join(name for name in siblings if name != "_target_")
        hint = f"; {parent or 'the config'} has {names}"
    return f"{key}: no such key{hint}"


def _explain_unknown_choice(
    error: MissingConfigException, overrides: Sequence[str], configs: Path
) -> str:
    missing = (error.missing_cfg_file or "").removesuffix(".yaml")
    choices_made = map(parse, overrides)
    group = next((o.key for o in choices_made if f"{o.key}/{o.value}" == missing), None)
    if group is None:
        group = missing.rpartition("/")[0]
    choice = missing.removeprefix(f"{group}/")
    refuse_choice(group, choice)
    allowed = sorted(
        {*list_choices(configs, group), *(error.options or ())} - INSTEAD.get(group, {}).keys()
    )
    if not group:
        return f"config {choice!r}: there is no such file in the config folder"
    if not allowed:
        return f"{group}: no such group of configs"
    hint = did_you_mean(choice, allowed)
    if hint and len(allowed) > MOST_LISTED:
        return f"{group}: there is no {choice!r}{hint} --help lists all {len(allowed)}"
    return f"{group}: there is no {choice!r}{hint or ';'} allowed: {', '.join(allowed)}"


def _explain_unknown_override(
    key: str, message: str, overrides: Sequence[str], configs: Path, compose_known: ComposeKnown
) -> str:
    where = re.match(r"In '([^']+)'", message)
    others = [argument for argument in overrides if key_of(argument) != key]
    config = compose_known(others)
    groups = _list_groups(config)
    keys = dict.fromkeys([*dotted.keys(config), *groups])
    if not key.startswith("hydra"):
        keys = {name: None for name in keys if not name.startswith("hydra")}
    value = values(overrides).get(key)
    offering = [group for group in groups if value in list_choices(configs, group)]
    if hint := did_you_mean(key, offering):
        return f"{key}: no such key{hint}"
    line = explain_unknown_key(key, list(keys))
    return f"{line} (in conf/{where.group(1)}.yaml)" if where else line


def _list_groups(config: Mapping[str, Any]) -> list[str]:
    """List the groups of this script; other scripts have other folders of conf/."""
    return list(config.get("hydra", {}).get("runtime", {}).get("choices", {}))


def _explain_any(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else None
    key = getattr(cause or error, "full_key", None)
    texts = [str(key) if key else "", str(error), (cause and cause.msg) or ""]
    if isinstance(error, OmegaConfBaseException):
        texts[1] = error.msg or str(error)
    lines = (single_line(text).split(" full_key:")[0] for text in texts if text)
    return ": ".join(lines) or type(error).__name__
