"""Make a JSON schema for each kind of yaml file."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from reviewlab.config.experiment import Experiment
from reviewlab.config.part import TARGET
from reviewlab.schemas.groups import ARGUMENTS, GROUPS
from reviewlab.schemas.parts import DEFAULTS, Definitions, closed, elsewhere
from reviewlab.schemas.values import LATER, Schema, any_of, value_schema
from reviewlab.sweeps.settings import Launcher, SearchSettings, SweepSettings

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The newest draft of JSON Schema that editors support completely."""

PLACES = {
    **{name: f"{name}/*.yaml" for name in GROUPS},
    "text": "data/text/*.yaml, or '# @package data.text'",
    "data": "data/*.yaml, or '# @package data'",
    "sweep": "sweep/*.yaml, or '# @package sweep'",
    "experiment": "experiment/*.yaml, train.yaml, or '# @package _global_'",
    "hydra": "'# @package hydra'",
    **{name: f"hydra/{name}/*.yaml" for name in ("launcher", "sweeper", "help")},
}
"""Maps each schema to the files that it is for; any other schema is for the file of its name."""

SWEEPERS = [f"hydra_plugins.reviewlab.{name}" for name in ("GridSweeper", "OptunaSweeper")]


def make_schemas(
    options: Mapping[str, Sequence[type]], hydra: Mapping[str, Any]
) -> dict[str, Schema]:
    """Make the schemas of all yaml files, and map the name of each schema to the schema.

    Args:
        options: maps the name of each primary config except `train` to the classes that check it.
        hydra: maps names of schemas to Hydra's dataclasses, whose values only Hydra checks.
    """
    schemas = {name: _of_group(kind) for name, kind in GROUPS.items()}
    schemas["callbacks"] = _of_callbacks()
    schemas["launcher"] = _of_group(Launcher)
    schemas["sweeper"] = _of_sweepers()
    schemas["sweep"] = _of_mapping([SweepSettings])
    schemas |= {name: _of_mapping(classes) for name, classes in options.items()}
    for name, node in hydra.items():
        schemas[name] = {"type": "object", **closed({field.name: {} for field in fields(node)})}
    for name in ("launcher", "sweeper"):
        schemas["hydra"]["properties"][name] = elsewhere(name)
    nodes = {name: elsewhere(name) for name in ("sweep", "hydra")}
    schemas["experiment"] = _of_mapping([Experiment], **nodes)
    return {
        name: {"$schema": DIALECT, "$comment": "Written by `reviewlab schema`.", **schema}
        for name, schema in schemas.items()
    }


def _of_group(kind: type) -> Schema:
    definitions = Definitions(kind, defaults=DEFAULTS)
    return {"allOf": [definitions.refer(kind)], "definitions": definitions.by_name}


def _of_callbacks() -> Schema:
    """Return the schema of files whose keys are the names of callbacks."""
    definitions = Definitions(GROUPS["callbacks"])
    members = value_schema(ARGUMENTS["callbacks"].annotation, definitions.refer)
    return {**members, "properties": {"defaults": DEFAULTS}, "definitions": definitions.by_name}


def _of_mapping(classes: Sequence[type], **more: Schema) -> Schema:
    definitions = Definitions()
    mapping = definitions.mapping(*classes, **more, defaults=DEFAULTS)
    return {**mapping, "definitions": definitions.by_name}


def _of_sweepers() -> Schema:
    """Return the schema of hydra/sweeper files; a grid's file may have any keys, all ignored."""
    search = _of_mapping([SearchSettings], **{TARGET: any_of([{"enum": SWEEPERS}, LATER])})
    is_grid = {"properties": {TARGET: {"enum": SWEEPERS[:1]}}, "required": [TARGET]}
    definitions = search.pop("definitions")
    return {"if": is_grid, "else": search, "definitions": definitions}
