"""Validates what a yaml file holds against the schema that `reviewlab schema` writes for it."""

import functools
from typing import Any

from jsonschema import Draft7Validator
from omegaconf import OmegaConf
from referencing import Registry, Resource

from reviewlab.cli.schema import make_all


@functools.cache
def validator(name: str) -> Draft7Validator:
    schemas = all_schemas()
    files = [(f"{key}.json", Resource.from_contents(s)) for key, s in schemas.items()]
    return Draft7Validator(schemas[name], registry=Registry().with_resources(files))


@functools.cache
def all_schemas() -> dict[str, dict[str, Any]]:
    return make_all()


def is_valid(name: str, content: Any) -> bool:
    return bool(validator(name).is_valid(content))


def read_yaml(text: str) -> Any:
    """Read a file as Hydra does, with every key a text."""
    return with_text_keys(OmegaConf.to_container(OmegaConf.create(text), resolve=False))


def with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    return value
