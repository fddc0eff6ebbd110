"""Choose several loggers, which Hydra by itself would merge into one mixed logger."""

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
    """Expand a list of loggers into overrides that give each logger its own node.

    >>> expand_loggers(["logger=[tensorboard,csv]", "seed=1"])
    ['logger=none', '+logger@logger.tensorboard=tensorboard', '+logger@logger.csv=csv', 'seed=1']
    """
    return [override for argument in argv for override in _expand(argument)]


def collapse_loggers(overrides: Sequence[str]) -> list[str]:
    """Undo `expand_loggers`: turn the expanded overrides back into a list of loggers.

    >>> collapse_loggers(expand_loggers(["logger=[tensorboard,csv]", "seed=1"]))
    ['logger=[tensorboard,csv]', 'seed=1']
    """
    added = [argument for argument in overrides if argument.startswith(ADDED)]
    names = ",".join(argument.partition("=")[2] for argument in added)
    typed = [argument for argument in overrides if argument not in added]
    place = typed.index(f"{GROUP}={NONE}") if added else len(typed)
    return [*typed[:place], *([f"{GROUP}=[{names}]"] if added else []), *typed[place + 1 :]]


def logs_to_tensorboard(config: Mapping[str, Any]) -> bool:
    """Tell whether a resolved config has a TensorBoard logger."""
    node = config.get(GROUP) or {}
    nodes = [node] if TARGET in node else node.values()
    return any(logger[TARGET] == TENSORBOARD for logger in nodes)


def _expand(argument: str) -> Iterator[str]:
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
        raise InputError(
            f"{argument}: {NONE!r} excludes all other loggers; allowed: {GROUP}=[{others}]"
        )
    yield f"{GROUP}={NONE}"
    yield from (f"{ADDED}{GROUP}.{name}={name}" for name in names)
