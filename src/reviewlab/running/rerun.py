"""Repeat a run in a new folder, with the config of its folder and with changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reviewlab import dotted
from reviewlab.config.compose import resolve
from reviewlab.config.hydra_errors import explain_unknown_key
from reviewlab.config.kept_config import Verb, read_changes, read_config
from reviewlab.exceptions import InputError, single_line
from reviewlab.overrides import replaced
from reviewlab.runs.files import read_json, readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config

RERUN = Verb("rerun", "one value for a key of the run's config.yaml, as in optimizer.lr=1e-3")
FOLLOWED = ("seed", "monitor", "mode")
"""Keys that other keys refer to in conf/; `data.seed` refers to `seed`. Resolving loses this."""


def rerun_config(folder: RunFolder, argv: Sequence[str]) -> Config:
    """Return the config in a run folder, with the changes in `argv`; it is not yet checked.

    If `seed` changes, a key such as `data.seed` that had the same value changes too, unless `argv`
    sets it.

    Raises:
        InputError: `argv` selects from a config group, or sets a key that is not in the config.
    """
    config = read_config(folder, RERUN)
    changed = dict(read_changes(argv, config, RERUN))
    keys = dotted.keys(config)
    for key in changed:
        if key not in keys:
            raise InputError(explain_unknown_key(key, keys))
    for key, value in [*_followers(config, changed), *changed.items()]:
        dotted.put(config, key, value)
    try:
        return resolve(config)
    except InputError:
        raise
    except Exception as error:  # a reference such as ${seed}, which a resolved config has none of
        reason = f"{type(error).__name__}: {single_line(str(error))}"
        raise InputError(f"rerun: {folder.path}/config.yaml: {reason}") from error


def rerun_overrides(folder: RunFolder, argv: Sequence[str]) -> list[str]:
    """Return the earlier run's overrides, updated with those in `argv`.

    Raises:
        InputError: the earlier run's overrides cannot be read.
    """
    path = folder.path / "provenance.json"
    with readable(path, "rerun"):
        return replaced(read_json(path)["overrides"] if path.exists() else [], argv)


def _followers(config: Config, changed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in FOLLOWED:
        if name in changed:
            for key, value in dotted.flatten(config).items():
                if key.endswith(f".{name}") and value == config[name]:
                    yield key, changed[name]
