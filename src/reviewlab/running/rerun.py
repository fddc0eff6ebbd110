"""Running again what another run was: its folder's config is the config, in a folder of its own."""

from collections.abc import Iterator, Sequence
from typing import Any

from reviewlab import dotted
from reviewlab.config.compose import resolve
from reviewlab.config.hydra_errors import explain_unknown_key
from reviewlab.config.kept_config import Config, Verb, read_changes, read_config
from reviewlab.exceptions import InputError
from reviewlab.overrides import replaced
from reviewlab.runs.files import read_json, readable
from reviewlab.runs.folder import RunFolder

RERUN = Verb("rerun", "one value for a key of its config.yaml, as in optimizer.lr=1e-3")
FOLLOWED = ("seed", "monitor", "mode")
"""Keys that others refer to in conf/, as `data.seed` to `seed`; once resolved, that is lost."""


def rerun_config(folder: RunFolder, argv: Sequence[str]) -> Config:
    """The config of `folder` with what `argv` changes of it; bound, and so checked, by the run.

    A key that had the value of the `seed` changes with it, unless it is given one itself.

    Raises: InputError for a group choice, and for a key that the config does not have.
    """
    config = read_config(folder, RERUN)
    changed = dict(read_changes(argv, config, RERUN))
    known = dotted.keys(config)
    for key in changed:
        if key not in known:
            raise InputError(explain_unknown_key(key, known))
    for key, value in [*_followers(config, changed), *changed.items()]:
        dotted.put(config, key, value)
    return resolve(config)


def rerun_overrides(folder: RunFolder, argv: Sequence[str]) -> list[str]:
    """What the first run was told, with what this one is told in its place.

    Raises: InputError when that cannot be read.
    """
    path = folder.path / "provenance.json"
    with readable(path, "rerun"):
        return replaced(read_json(path)["overrides"] if path.exists() else [], argv)


def _followers(config: Config, changed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in FOLLOWED:
        if name in changed:
            for key, value in dotted.flatten(config).items():
                if key.endswith(f".{name}") and value == config[name]:
                    yield key, changed[name]
