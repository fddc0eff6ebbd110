"""Resume a run with the config of its folder; only a few keys may change."""

from collections.abc import Sequence
from typing import Any

from reviewlab import dotted
from reviewlab.config.compose import make_paths_absolute
from reviewlab.config.kept_config import Verb, read_changes, read_config
from reviewlab.console.commands import shell_path
from reviewlab.exceptions import InputError
from reviewlab.running.finished import (
    BUDGET,
    planned_schedule,
    refuse_finished,
    refuse_less_than_trained,
    refuse_stopped_early,
)
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import DIGESTED, PLACEMENT, Config

FIXED = ("name", "outputs", "hydra", "model.kernel")
"""Keys of `PLACEMENT` that cannot change. They say where the run folder is, or how the run rounds:
a resumed run continues with the kernel that `last.ckpt` names."""

MOVED = tuple(key for keys in DIGESTED.values() for key in keys if key.endswith(".source"))
MOVABLE = (*(key for key in PLACEMENT if key not in FIXED), *MOVED)
"""Keys that say where and how a run is executed; none of them is part of the run id."""

RESUME = Verb(
    "resume",
    f"{', '.join(BUDGET)}, logger.<key>, data.source if the reviews are the same, threads, "
    "trainer.accelerator, trainer.devices",
)


def resumed_config(folder: RunFolder, argv: Sequence[str]) -> Config:
    """Return the config in a run folder, with the changes in `argv`.

    Raises:
        InputError: a key is changed that resume cannot change, or the run is done.
    """
    before, config = read_config(folder, RESUME), read_config(folder, RESUME)
    refuse_stopped_early(folder, before)
    for key, value in read_changes(argv, config, RESUME):
        if key not in BUDGET and not f"{key}.".startswith(tuple(f"{place}." for place in MOVABLE)):
            raise InputError(
                f"{key}: cannot be changed with resume; {_alternatives(folder, before, key)}"
            )
        _refuse_other_rates(config, key, value)
        dotted.put(config, key, value)
    make_paths_absolute(config)
    refuse_finished(folder, before, config)
    refuse_less_than_trained(folder, config)
    return config


def _alternatives(folder: RunFolder, config: Config, key: str) -> str:
    """List the keys that resume can change, and suggest rerun for other keys of the config.

    Args:
        folder: the run folder.
        config: the run's config.
        key: the key that cannot be changed.
    """
    rerun = f"; to change other keys in a new run: rerun={shell_path(folder.path)}"
    return f"allowed: {RESUME.allowed}{rerun if key in dotted.keys(config) else ''}"


def _refuse_other_rates(config: Config, key: str, value: Any) -> None:
    """Refuse to change the number of epochs or steps if past learning rates depended on it.

    Args:
        config: the run's config.
        key: the key to change.
        value: the key's new value.
    """
    schedule = planned_schedule(config)
    if schedule is None or key not in BUDGET[:2]:
        return
    if value != (config.get("trainer") or {}).get(key.rpartition(".")[2]):
        raise InputError(
            f"{key}: cannot be changed with resume if scheduler={schedule}: the learning rates so "
            "far depended on it; start a new run"
        )
