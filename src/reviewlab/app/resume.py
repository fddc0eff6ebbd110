"""Going on with a run: its folder's config is the config, and little of it may change."""

from collections.abc import Sequence
from typing import Any

from reviewlab.app.kept_config import Verb, changes, put, read_config
from reviewlab.errors import InputError
from reviewlab.runs.folder import RunFolder

BUDGET = ("trainer.max_epochs", "trainer.max_steps", "trainer.max_time")
RESUME = Verb("resume", f"{', '.join(BUDGET)}, logger.<key>")


def resumed_config(folder: RunFolder, argv: Sequence[str]) -> dict[str, Any]:
    """The config of `folder` with what `argv` changes of it.

    Raises: InputError for anything but the budget and the logger's options.
    """
    config = read_config(folder, RESUME)
    for key, value in changes(argv, config, RESUME):
        if key not in BUDGET and not key.startswith("logger."):
            raise InputError(f"{key}: cannot be changed with resume; allowed: {RESUME.allowed}")
        _refuse_other_rates(config, key, value)
        put(config, key, value)
    return config


def _refuse_other_rates(config: dict[str, Any], key: str, value: Any) -> None:
    """A larger budget would have changed the steps of a cosine that were made already."""
    scheduler = config.get("scheduler")
    target = scheduler.get("_target_") if isinstance(scheduler, dict) else None
    if target != "reviewlab.training.schedulers.cosine" or key not in BUDGET[:2]:
        return
    if value != config["trainer"].get(key.rpartition(".")[2]):
        raise InputError(
            f"{key}: cannot be changed with resume where scheduler=cosine: every learning rate so "
            "far followed from the budget; allowed: a new run"
        )
