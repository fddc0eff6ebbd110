"""JSON schemas of mappings: some make an object of a class, the others have fixed keys."""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from reviewlab.config.bind import PROVIDED, object_classes
from reviewlab.config.compose import PATHS
from reviewlab.config.part import TARGET
from reviewlab.config.signatures import ALLOWED, Argument, list_arguments
from reviewlab.schemas.docstrings import describe_arguments, summarize
from reviewlab.schemas.factories import Factory, list_factories
from reviewlab.schemas.groups import BEFORE_BINDING, FILES, GROUPS, NODES, kind_of
from reviewlab.schemas.values import (
    LATER,
    NOTHING,
    SHARED,
    Schema,
    any_of,
    or_later,
    value_schema,
)
from reviewlab.text.encoder import TextEncoder
from reviewlab.values import make_adapter

DEFAULTS: Schema = {
    "description": "Hydra's list of the files that this file includes.",
    "type": "array",
    "items": {"type": ["string", "object"]},
}

WORD = r"[^\W\d]\w*"
OURS = "|".join(name.replace(".", r"\.") for name in ALLOWED)

ELSEWHERE: Schema = {"type": "string", "pattern": rf"^(?!{OURS}){WORD}(\.{WORD})+$"}
"""The schema of a target in a package that was not installed when the schemas were written."""


class Definitions:
    """Collects the definitions of one schema: the classes that its files need, and their factories.

    A class that has its own schema is not defined again; the definitions refer to that schema.

    Args:
        own: the class whose objects the schema's yaml files configure; None if there is none.
        more: maps further keys of these files, such as `defaults`, to schemas.
    """

    def __init__(self, own: type | None = None, **more: Schema) -> None:
        self.by_name = {**SHARED}
        self._own, self._more = own, more

    def refer(self, kind: type) -> Schema:
        """Return a reference to the definition of a class, adding the definition if it is missing.

        If no factory makes objects of the class, the returned schema allows no value.
        """
        if kind in FILES and kind is not self._own:
            return elsewhere(FILES[kind], "Callback" if kind is GROUPS["callbacks"] else "")
        if kind.__name__ not in self.by_name:
            group = next((name for name, made in GROUPS.items() if made is kind), "")
            factories = [f for f in list_factories() if f.makes(kind) and _is_settable(f, group)]
            if not factories:
                return NOTHING
            self.by_name[kind.__name__] = {}  # set first, since the definition may refer to itself
            self.by_name[kind.__name__] = self._define(kind, group, factories)
        return reference(kind.__name__)

    def mapping(self, *schemas: Callable[..., Any], **more: Schema) -> Schema:
        """Return the schema of a mapping whose keys are the arguments of these classes.

        Args:
            schemas: the classes.
            more: maps further keys to schemas.
        """
        properties: dict[str, Schema] = {}
        for schema in schemas:
            properties |= self._properties(schema, list_arguments(schema, ""))
        return {"type": "object", **closed({**properties, **more})}

    def _define(self, kind: type, group: str, factories: Collection[Factory]) -> Schema:
        """Define a schema for each factory of a class; return one that selects by `_target_`.

        A mapping without `_target_` may have the keys of any of the factories, since it may change
        the settings of an object whose `_target_` is in another file.

        Args:
            kind: the class.
            group: the group whose files make objects of the class; empty if there is none.
            factories: all factories that make such objects.
        """
        own = self._more if kind is self._own else {}
        keys: dict[str, list[Schema]] = {}
        for factory in factories:
            arguments = {n: a for n, a in factory.arguments.items() if n not in _provided(group)}
            properties = self._properties(factory.call, arguments, group)
            for name, schema in properties.items():
                keys.setdefault(name, []).append(schema)
            self.by_name[factory.names[0]] = {
                "description": summarize(factory.call),
                **closed({TARGET: {}, **own, **properties}),
            }
        untargeted = f"any-{kind.__name__}"
        shared = {name: _combine(schemas) for name, schemas in keys.items()}
        self.by_name[untargeted] = closed({**own, **shared})
        return {
            "type": "object",
            "properties": {TARGET: _targets(factories)},
            "if": {"required": [TARGET]},
            "then": {"allOf": [_when_named(factory) for factory in factories]},
            "else": reference(untargeted),
        }

    def _properties(
        self, call: Callable[..., Any], arguments: Mapping[str, Argument], group: str = ""
    ) -> dict[str, Schema]:
        """Map the names of arguments to schemas with their descriptions and defaults.

        Args:
            call: the class or function that has the arguments.
            arguments: the arguments that a file may set.
            group: the group whose files set them; empty if there is none.
        """
        descriptions = describe_arguments(call, arguments.keys())
        parameters = inspect.signature(call).parameters
        properties: dict[str, Schema] = {}
        for name, argument in arguments.items():
            allowed = [self._value(argument.annotation)]
            if (group, name) in BEFORE_BINDING:
                allowed.append(BEFORE_BINDING[group, name])
            described: Schema = {}
            if name in descriptions:
                described["description"] = descriptions[name]
            if ".".join(filter(None, (NODES.get(group, group), name))) in PATHS:
                described["minLength"] = 1
            default = parameters[name].default
            known = {"default": default} if _is_plain(default) else {}
            properties[name] = {**described, **known, **or_later(any_of(allowed))}
        return properties

    def _value(self, annotation: Any) -> Schema:
        unchecked = make_adapter(annotation) is None and not object_classes(annotation)
        return {} if unchecked else value_schema(annotation, self.refer)


def closed(properties: Mapping[str, Schema]) -> Schema:
    """Return the schema of a mapping that has no keys other than `properties`."""
    return {"properties": {**properties}, "additionalProperties": False}


def elsewhere(name: str, definition: str = "") -> Schema:
    """Return a reference to another schema, for a mapping inside a yaml file.

    The key `defaults` is not allowed in the mapping, but only at the top level of a file.

    Args:
        name: name of the other schema.
        definition: name of a definition in that schema; empty to refer to the whole schema.
    """
    address = f"{name}.json" + (f"#/definitions/{definition}" if definition else "")
    return {"allOf": [{"$ref": address}], "properties": {"defaults": False}}


def reference(name: str) -> Schema:
    """Return a reference to a definition in the same schema."""
    return {"$ref": f"#/definitions/{name}"}


def _provided(group: str) -> Collection[str]:
    return PROVIDED.get(group, ())


def _is_settable(factory: Factory, group: str) -> bool:
    """Tell whether a yaml file can set all required arguments of a class or function.

    A file can set plain values and a text encoder.
    """
    required = (
        argument.annotation
        for name, argument in factory.arguments.items()
        if argument.required and name not in _provided(group)
    )
    return {kind_of(annotation) for annotation in required} <= {None, TextEncoder}


def _targets(factories: Collection[Factory]) -> Schema:
    """Return the schema of a `_target_` that names one of the factories.

    Editors offer one name of each factory. Its other names and targets of packages that are not
    installed are accepted too.
    """
    others = [name for factory in factories for name in factory.names[1:]]
    offered: Schema = {"enum": [factory.names[0] for factory in factories]}
    known = "|".join(name.replace(".", r"\.") for name in others)
    aliases = [{"type": "string", "pattern": f"^({known})$"}] if others else []
    return any_of([offered, *aliases, ELSEWHERE, LATER])


def _when_named(factory: Factory) -> Schema:
    """Return a conditional schema: if the target names this factory, it checks the arguments."""
    return {
        "if": {"properties": {TARGET: {"enum": [*factory.names]}}},
        "then": reference(factory.names[0]),
    }


def _combine(schemas: Collection[Schema]) -> Schema:
    """Combine several factories' schemas for the same key.

    The description and default are kept if all factories agree on them.
    """
    first, *others = schemas
    alike: Schema = {
        key: first[key]
        for key in ("description", "default")
        if key in first and all(key in other and other[key] == first[key] for other in others)
    }
    told = ("description", "default")
    bare = [{k: v for k, v in schema.items() if k not in told} for schema in schemas]
    return {**alike, **any_of(bare)}


def _is_plain(value: Any) -> bool:
    """Tell whether a default can be written in a yaml file."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)
