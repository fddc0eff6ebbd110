"""Refuse to resume a run that is done and would train no further."""

from collections.abc import Mapping
from typing import Any

from reviewlab.console.commands import shell_path
from reviewlab.console.text import count_of
from reviewlab.exceptions import InputError
from reviewlab.runs.files import readable
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import Config
from reviewlab.runs.result import read_result
from reviewlab.runs.status import read_status

BUDGET = ("trainer.max_epochs", "trainer.max_steps", "trainer.max_time")
EARLY_STOPPING = "pytorch_lightning.callbacks.EarlyStopping"


def refuse_stopped_early(folder: RunFolder, config: Config) -> None:
    """Refuse to resume a run that stopped early or diverged: more epochs would not change that.

    Raises:
        InputError: the run was stopped early.
    """
    result = _read_done(folder)
    if result is None:
        return
    with readable(folder.path / "result.json"):
        stopped = _stopped_early(config, result)
    if stopped is not None:
        diverged = "diverged" in result.get("flags", ())
        remedy = _with_smaller_steps(folder) if diverged else _with_patience(folder, config)
        raise InputError(f"resume: {str(folder.path)!r} {stopped}; {remedy}")


def refuse_finished(folder: RunFolder, before: Config, after: Config) -> None:
    """Refuse to resume a run that is done, unless its limit of epochs, steps or time was raised.

    With the same limit the run would only write its result again.

    Args:
        folder: the run folder.
        before: the run's config so far.
        after: the config that the run would be resumed with.

    Raises:
        InputError: the limit that ended the run has not grown.
    """
    result = _read_done(folder)
    if result is None:
        return
    with readable(folder.path / "result.json"):
        epochs, limits = len(result["curves"]), _reached(before, result)
    if all(_no_more(_limit(after, key), _limit(before, key)) for key in limits):
        raise InputError(
            f"resume: {str(folder.path)!r} is done after {count_of(epochs, 'epoch')}; to train "
            f"further, raise the budget; allowed: {_larger_budget(before, limits[0], epochs)}"
        )


def refuse_less_than_trained(folder: RunFolder, config: Config) -> None:
    """Refuse to resume a run with an epoch limit that it has already passed.

    Raises:
        InputError: the run has trained for more epochs.
    """
    with readable(folder.path / "status.json"):
        epoch = read_status(folder.path).epoch
    limit = _limit(config, BUDGET[0])
    if epoch is not None and isinstance(limit, int) and limit < epoch:
        raise InputError(
            f"{BUDGET[0]}: {limit} is less than the {epoch} epochs that {str(folder.path)!r} has "
            f"trained for; allowed: {epoch + 1} or more"
        )


def _read_done(folder: RunFolder) -> Mapping[str, Any] | None:
    """Read the result of a run that is done; None if something is left to do.

    A sweep's job may have saved its last step but not its result; such a job is resumed.
    """
    with readable(folder.path / "status.json"):
        state = read_status(folder.path).state
    if state != "done" or not (folder.path / "result.json").exists():
        return None
    with readable(folder.path / "result.json"):
        return read_result(folder.path)


def planned_schedule(config: Config) -> str | None:
    """Return the scheduler's name if it depends on the total number of steps, else None."""
    scheduler = config.get("scheduler")
    target = str(scheduler.get("_target_")) if isinstance(scheduler, dict) else ""
    module, _, name = target.rpartition(".")
    planned = module == "reviewlab.training.schedulers" and name in ("cosine", "linear")
    return name if planned else None


def _stopped_early(config: Config, result: Mapping[str, Any]) -> str | None:
    """Return why early stopping ended a run; None if it did not.

    Older results do not record the reason, so it is inferred.
    """
    if "stopped_early" in result or not _early_stopping(config):
        stopped: str | None = result.get("stopped_early")
        return stopped
    epochs, limit = len(result["curves"]), _limit(config, BUDGET[0])
    other_limits = any(_limit(config, key) is not None for key in BUDGET[1:])
    ended = other_limits or limit is None or epochs >= limit
    return None if ended else f"stopped early after epoch {epochs} of {limit}"


def _with_smaller_steps(folder: RunFolder) -> str:
    run = shell_path(folder.path)
    return f"start a new run with a smaller learning rate: rerun={run} optimizer.lr=<number>"


def _with_patience(folder: RunFolder, config: Config) -> str:
    """Suggest a new run with more patience, since a resumed run cannot change its patience."""
    run = shell_path(folder.path)
    settings = [
        f"{key}.patience={_twice(node.get('patience', 3))}"
        for key, node in _early_stopping(config).items()
    ]
    return f"start a new run with more patience: rerun={run} {' '.join(settings)}".rstrip()


def _twice(patience: Any) -> int:
    return max(1, 2 * patience) if isinstance(patience, int) else 6


def _early_stopping(config: Config) -> dict[str, dict[str, Any]]:
    """Map the dotted key of each early stopping callback to its config."""
    callbacks = config.get("callbacks") or {}
    return {
        f"callbacks.{name}": node
        for name, node in callbacks.items()
        if isinstance(node, dict) and node.get("_target_") == EARLY_STOPPING
    }


def _reached(config: Config, result: Mapping[str, Any]) -> list[str]:
    """Return the limits that ended a run; all of them if it is not known which one did."""
    curves = result["curves"]
    done = dict(zip(BUDGET, (len(curves), curves[-1].get("step") if curves else 0), strict=False))
    counted = [
        key
        for key, number in done.items()
        if number is not None and (limit := _limit(config, key)) is not None and number >= limit
    ]
    timed = [BUDGET[2]] if _limit(config, BUDGET[2]) is not None else []
    return counted or timed or [*BUDGET]


def _limit(config: Config, key: str) -> Any:
    value = (config.get("trainer") or {}).get(key.rpartition(".")[2])
    return None if value == -1 else value  # both mean no limit


def _no_more(now: Any, before: Any) -> bool:
    """Return True if a limit has not grown; a limit that is not a number must be unchanged."""
    new, old = _as_number(now), _as_number(before)
    if new is not None and old is not None:
        return new <= old
    return before is None or bool(now == before)


def _as_number(limit: Any) -> float | None:
    """Return the number of epochs or steps, or the seconds of a time such as 00:01:30:00."""
    if isinstance(limit, int):
        return limit
    parts = limit.split(":") if isinstance(limit, str) else []
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        return None
    days, hours, minutes, seconds = map(int, parts)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _larger_budget(config: Config, key: str, epochs: int) -> str:
    if planned_schedule(config):
        return "a new run"
    limit = _limit(config, key)
    if key == BUDGET[2]:
        return f"a longer trainer.max_time than {limit}"
    return f"{key}={2 * (limit if key == BUDGET[1] else epochs)}, or any larger value"
