"""Several loggers at once, of which Hydra by itself would make one that is part of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reviewlab.config.part import TARGET
from reviewlab.exceptions import InputError
from reviewlab.overrides import parse

GROUP = "logger"
NONE = "none"
ADDED = f"+{GROUP}@"
TENSORBOARD = "reviewlab.training.loggers.tensorboard"


def expand_loggers(argv: Sequence[str]) -> list[str]:
    """Write a list of loggers as Hydra composes them, each below its own name.

    >>> expand_loggers(["logger=[tensorboard,csv]", "seed=1"])
    ['logger=none', '+logger@logger.tensorboard=tensorboard', '+logger@logger.csv=csv', 'seed=1']
    """
    return [written for argument in argv for written in _expanded(argument)]


def collapse_loggers(overrides: Sequence[str]) -> list[str]:
    """Write expanded loggers as they were typed.

    >>> collapse_loggers(expand_loggers(["logger=[tensorboard,csv]", "seed=1"]))
    ['logger=[tensorboard,csv]', 'seed=1']
    """
    added = [argument for argument in overrides if argument.startswith(ADDED)]
    names = ",".join(argument.partition("=")[2] for argument in added)
    typed = [argument for argument in overrides if argument not in added]
    place = typed.index(f"{GROUP}={NONE}") if added else len(typed)
    return [*typed[:place], *([f"{GROUP}=[{names}]"] if added else []), *typed[place + 1 :]]


def logs_to_tensorboard(config: Mapping[str, Any]) -> bool:
    """Tell whether one of the loggers of a resolved config writes what TensorBoard shows."""
    node = config.get(GROUP) or {}
    nodes = [node] if TARGET in node else node.values()
    return any(one[TARGET] == TENSORBOARD for one in nodes)


def _expanded(argument: str) -> Iterator[str]:
    sign, key, value = parse(argument)
    if sign or key != GROUP or value is None or not (value[:1] == "[" and value[-1:] == "]"):
        yield argument
        return
    names = list(dict.fromkeys(name.strip() for name in value[1:-1].split(",") if name.strip()))
    if len(names) == 1:
        yield f"{GROUP}={names[0]}"
        return
    if NONE in names:
        others = ",".join(name for name in names if name != NONE)
        raise InputError(f"{argument}: none beside others; allowed: {GROUP}=[{others}]")
    yield f"{GROUP}={NONE}"
    yield from (f"{ADDED}{GROUP}.{name}={name}" for name in names)
