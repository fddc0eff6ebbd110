"""Turn a composed config into typed objects, checking it against its targets' signatures."""

import difflib
import inspect
import types
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from reviewlab.config.choices import list_choices
from reviewlab.config.compose import CONFIGS
from reviewlab.config.hydra_errors import explain_unknown_key
from reviewlab.config.part import TARGET, Part
from reviewlab.config.signatures import Argument, list_arguments, locate, return_type
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.values import check_value, describe

Root = TypeVar("Root")

UNIONS = (Union, types.UnionType)

FROM_DATA = frozenset(
    {"vocab_size", "num_classes", "class_counts", "max_length", "ordinal", "image_size"}
)
PROVIDED = {
    "model": FROM_DATA | {"objective"},
    "loss": FROM_DATA,
    "optimizer": frozenset({"params"}),
    "scheduler": frozenset({"optimizer", "total_steps"}),
    "trainer": frozenset(
        {"callbacks", "logger", "default_root_dir", "plugins"}
        # a run saves, logs and validates at the end of each epoch, and its results rely on that
        | {"enable_checkpointing", "barebones", "val_check_interval"}
    ),
    "logger": frozenset({"run_folder"}),
}
"""Maps each group to the arguments that the data or the run supplies; no config may set them."""


def bind(config: Mapping[str, Any], root: Callable[..., Root], key: str = "") -> Root:
    """Make an instance of `root` from a config, checking each value against its annotation.

    A whole number given for a float becomes a float, so that `lr=1` and `lr=1.0` are the same
    experiment.

    Args:
        config: the resolved config, of plain types.
        root: a class whose signature lists the config's keys and the type of each.
        key: dotted key of `config` within a larger config; empty if it is the whole config.

    Raises:
        InputError: an unknown or missing key, or a value that is not allowed.
    """
    return root(**_bind_arguments(config, list_arguments(root, key), key, frozenset()))


def _bind_arguments(
    given: Mapping[str, Any],
    parameters: Mapping[str, Argument],
    key: str,
    provided: Collection[str],
) -> dict[str, object]:
    prefix = f"{key}." if key else ""
    bound: dict[str, object] = {}
    for name, value in given.items():
        if name not in parameters:
            targets = [TARGET] if key else []
            names = [f"{prefix}{allowed}" for allowed in (*parameters, *targets)]
            raise InputError(explain_unknown_key(f"{prefix}{name}", names))
        if name in provided:
            raise InputError(f"{prefix}{name}: comes from the data or the run; it cannot be set")
        bound[name] = _bind_value(value, parameters[name].annotation, f"{prefix}{name}")
    for name, argument in parameters.items():
        if argument.required and name not in given and name not in provided:
            raise InputError(f"{prefix}{name}: missing; allowed: {describe(argument.annotation)}")
    return bound


def _bind_value(value: Any, annotation: Any, key: str) -> Any:
    if not isinstance(value, dict):
        return check_value(value, annotation, key)
    if TARGET in value:
        return _bind_part(value, annotation, key)
    members = _member_annotation(annotation, value)
    if members is not None:
        return _bind_members(value, members, key)
    if object_classes(annotation):
        _refuse_misspelt_target(value, key)
        raise InputError(f"{key}: a {describe(annotation)} needs the key {TARGET!r}")
    return check_value(value, annotation, key)


def _member_annotation(annotation: Any, value: Mapping[str, Any]) -> Any:
    """Return the annotation of a mapping's values, such as `Part[Callback]` for `callbacks`.

    Return None if `annotation` does not allow a mapping of named objects.

    Args:
        annotation: the annotation of the config key, such as `dict[str, Part[Callback]]`.
        value: the mapping in the config; it has no key `_target_`.
    """
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    if get_origin(annotation) not in UNIONS or not all(isinstance(v, dict) for v in value.values()):
        return None
    mappings = [choice for choice in get_args(annotation) if get_origin(choice) is dict]
    return next((get_args(m)[1] for m in mappings if object_classes(get_args(m)[1])), None)


def _bind_members(members: Mapping[str, Any], annotation: Any, group: str) -> dict[str, object]:
    """Check and convert each value of a mapping of named objects, such as `callbacks`.

    Args:
        members: maps the name of each object to its config.
        annotation: the type of each object.
        group: dotted key of the mapping in the config.
    """
    for name, node in members.items():
        if isinstance(node, dict) and TARGET not in node and object_classes(annotation):
            _refuse_misspelt_target(node, f"{group}.{name}")
            kind = object_classes(annotation)[0].__name__.lower()
            raise InputError(_explain_not_chosen(group, name, kind))
    return {
        name: _bind_value(node, annotation, f"{group}.{name}") for name, node in members.items()
    }


def _refuse_misspelt_target(node: Mapping[str, Any], key: str) -> None:
    for close in difflib.get_close_matches(TARGET, node, n=1):
        raise InputError(f"{key}.{close}: no such key; did you mean '{key}.{TARGET}'?")


def _explain_not_chosen(group: str, name: str, kind: str) -> str:
    """Explain why an object in a mapping such as `callbacks` has no `_target_`.

    Args:
        group: dotted key of the mapping in the config.
        name: name of the object.
        kind: the word for the object in the message, such as `callback`.
    """
    files = list_choices(CONFIGS, group)
    if name not in files:
        hint = did_you_mean(name, files) or f"; allowed: {', '.join(files)}"
        return f"{group}.{name}: no such {kind}{hint}"
    # an experiment configures this member, but the command line chose other members
    return f"{group}.{name}: has no {TARGET!r}; choose it as well: {group}=[{name},...]"


def _bind_part(node: Mapping[str, Any], annotation: Any, key: str) -> Part[Any]:
    factory = locate(node[TARGET], key)
    wanted = object_classes(annotation)
    # A factory that does not declare the wanted return type could do anything when called.
    if not any(issubclass(c, wanted) for c in object_classes(return_type(factory))):
        raise InputError(
            f"{key}.{TARGET}: {node[TARGET]!r} is not allowed; "
            f"allowed: a target that creates {describe(annotation)}"
        )
    given = {name: value for name, value in node.items() if name != TARGET}
    provided = PROVIDED["logger"] if key.startswith("logger.") else PROVIDED.get(key, frozenset())
    bound = _bind_arguments(given, list_arguments(factory, key), key, provided)
    return Part(node[TARGET], factory, bound)


def object_classes(annotation: Any) -> tuple[type, ...]:
    """Return the classes in an annotation, without plain types such as `int` and `dict`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return object_classes(get_args(annotation)[0])
    if origin in UNIONS:
        return tuple(c for argument in get_args(annotation) for c in object_classes(argument))
    plain = (str, int, float, bool, list, dict, tuple, type(None), Any)
    return (annotation,) if inspect.isclass(annotation) and annotation not in plain else ()
