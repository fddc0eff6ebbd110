"""Resume a run with the config of its folder, of which little may change."""

from collections.abc import Sequence
from typing import Any

from reviewlab import dotted
from reviewlab.config.kept_config import Verb, read_changes, read_config
from reviewlab.exceptions import InputError
from reviewlab.runs.files import readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config
from reviewlab.runs.result import read_result
from reviewlab.runs.status import read_status

BUDGET = ("trainer.max_epochs", "trainer.max_steps", "trainer.max_time")
RESUME = Verb("resume", f"{', '.join(BUDGET)}, logger.<key>")


def resumed_config(folder: RunFolder, argv: Sequence[str]) -> Config:
    """Return the config of a folder with what a command line changes of it.

    Raises:
        InputError: it changes anything but the budget and the logger's options.
    """
    config = read_config(folder, RESUME)
    before = {key: _budget(config, key) for key in BUDGET}
    for key, value in read_changes(argv, config, RESUME):
        if key not in BUDGET and not key.startswith("logger."):
            raise InputError(f"{key}: cannot be changed with resume; allowed: {RESUME.allowed}")
        _refuse_other_rates(config, key, value)
        dotted.put(config, key, value)
    if all(_no_more(_budget(config, key), before[key]) for key in BUDGET):
        _refuse_finished(folder, config)
    return config


def _budget(config: Config, key: str) -> Any:
    value = config.get("trainer", {}).get(key.rpartition(".")[2])
    return None if value == -1 else value  # both set no limit


def _no_more(now: Any, before: Any) -> bool:
    """Tell whether a limit is no larger; one that is no number has to be equal."""
    if isinstance(now, int) and isinstance(before, int):
        return now <= before
    return before is None or bool(now == before)


def _refuse_finished(folder: RunFolder, config: Config) -> None:
    """Leave alone what is done: training nothing would only write its result again.

    A sweep goes on by itself with a job that had saved its last step but not yet its result.
    """
    result = folder.path / "result.json"
    with readable(folder.path / "status.json"):
        state = read_status(folder.path).state
    if state != "done" or not result.exists():
        return
    with readable(result):
        epochs = len(read_result(folder.path)["curves"])
    more = "a new run" if _is_cosine(config) else f"trainer.max_epochs={2 * epochs}, or any more"
    raise InputError(
        f"resume: {str(folder.path)!r} is done, {epochs} epochs; to go on it needs a larger "
        f"budget; allowed: {more}"
    )


def _refuse_other_rates(config: Config, key: str, value: Any) -> None:
    """Refuse a larger budget for a cosine, whose earlier steps it would have changed."""
    if not _is_cosine(config) or key not in BUDGET[:2]:
        return
    if value != config["trainer"].get(key.rpartition(".")[2]):
        raise InputError(
            f"{key}: cannot be changed with resume where scheduler=cosine: every learning rate so "
            "far followed from the budget; allowed: a new run"
        )


def _is_cosine(config: Config) -> bool:
    scheduler = config.get("scheduler")
    target = scheduler.get("_target_") if isinstance(scheduler, dict) else None
    return target == "reviewlab.training.schedulers.cosine"
