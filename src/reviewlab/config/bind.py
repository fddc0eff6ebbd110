"""Checks a composed config against the signatures of what it names, before any data is read."""

import difflib
import inspect
import types
from collections.abc import Collection
from typing import Annotated, Any, Union, get_args, get_origin

from reviewlab.config.hydra_errors import unknown_key
from reviewlab.config.signatures import Argument, arguments, locate, makes
from reviewlab.config.values import check, words
from reviewlab.exceptions import InputError

TARGET = "_target_"

FROM_DATA = frozenset({"vocab_size", "num_classes", "class_counts", "max_length"})
PROVIDED = {
    "model": FROM_DATA | {"objective"},
    "loss": FROM_DATA,
    "optimizer": frozenset({"params"}),
    "scheduler": frozenset({"optimizer", "total_steps"}),
    "trainer": frozenset(
        {"callbacks", "logger", "default_root_dir", "plugins"}
        # a run saves, logs and validates at every epoch's end, and is measured there
        | {"enable_checkpointing", "barebones", "val_check_interval"}
    ),
    "logger": frozenset({"run_folder"}),
}
"""By group, the arguments that come from the data or from the run: bound as present, never set."""


def bind(config: dict[str, Any], root: type, key: str = "") -> dict[str, Any]:
    """Refuse a config that its targets could not be called with.

    root: a class whose signature says which keys the config has, and what each of them makes.
    key: where the config stands in a larger one.
    Returns: the config with 1.0 for 1 where a number is wanted that need not be whole, so that one
        experiment reads one way, however it was typed.
    Raises: InputError that names the dotted key, its value and what is allowed.
    """
    return _bind_arguments(config, arguments(root, key), key, frozenset())


def _bind_arguments(
    given: dict[str, Any], known: dict[str, Argument], key: str, provided: Collection[str]
) -> dict[str, Any]:
    prefix = f"{key}." if key else ""
    bound = {}
    for name, value in given.items():
        if name not in known:
            names = [f"{prefix}{k}" for k in (*known, *([TARGET] if key else []))]
            raise InputError(unknown_key(f"{prefix}{name}", names))
        if name in provided:
            raise InputError(f"{prefix}{name}: comes from the data or the run; it cannot be set")
        bound[name] = _bind_value(value, known[name].annotation, f"{prefix}{name}")
    for name, argument in known.items():
        if argument.required and name not in given and name not in provided:
            raise InputError(f"{prefix}{name}: missing; allowed: {words(argument.annotation)}")
    return bound


def _bind_value(value: Any, annotation: Any, key: str) -> Any:
    if isinstance(value, dict) and TARGET in value:
        return _bind_node(value, annotation, key)
    if isinstance(value, dict) and get_origin(annotation) is dict:
        wanted = get_args(annotation)[1]
        return {name: _bind_value(item, wanted, f"{key}.{name}") for name, item in value.items()}
    if isinstance(value, dict) and _classes(annotation):
        for close in difflib.get_close_matches(TARGET, value, n=1):
            raise InputError(f"{key}.{close}: no such key; did you mean '{key}.{TARGET}'?")
        raise InputError(f"{key}: a {words(annotation)} needs the key {TARGET!r}{_unchosen(key)}")
    return check(value, annotation, key)


def _unchosen(key: str) -> str:
    """A hint where an experiment sets a callback that the command line has replaced."""
    group, _, name = key.partition(".")
    return f"; choose it as well: callbacks=[{name},...]" if group == "callbacks" else ""


def _bind_node(node: dict[str, Any], annotation: Any, key: str) -> dict[str, Any]:
    target = locate(node[TARGET], key)
    wanted = _classes(annotation)
    # Whatever does not say that it makes what is wanted here could do anything when it is called.
    if not any(issubclass(c, wanted) for c in _classes(makes(target))):
        raise InputError(f"{key}.{TARGET}: {node[TARGET]!r} does not make {words(annotation)}")
    given = {name: value for name, value in node.items() if name != TARGET}
    bound = _bind_arguments(given, arguments(target, key), key, PROVIDED.get(key, frozenset()))
    return {TARGET: node[TARGET], **bound}


def _classes(annotation: Any) -> tuple[type, ...]:
    """The classes of objects that an annotation names; none for plain values."""
    if get_origin(annotation) is Annotated:
        return _classes(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(c for argument in get_args(annotation) for c in _classes(argument))
    plain = (str, int, float, bool, list, dict, tuple, type(None))
    return (annotation,) if inspect.isclass(annotation) and annotation not in plain else ()
