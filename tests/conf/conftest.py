"""All yaml files in `conf/`, each with the config in which it is used."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conf.mandatory import mandatory

from reviewlab.cli.data import Outputs
from reviewlab.cli.ensemble import Choice
from reviewlab.cli.explain import Question
from reviewlab.cli.export import Export
from reviewlab.cli.judge import JudgeOptions
from reviewlab.cli.predict import Prediction
from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.evaluation.checkpoint import DataNode
from reviewlab.evaluation.options import CheckpointOptions, EvaluationOptions

ROOTS: dict[str, type] = {
    "train": Experiment,
    "evaluate": EvaluationOptions,
    "errors": CheckpointOptions,
    "predict": Prediction,
    "explain": Question,
    "export": Export,
    "ensemble": Choice,
    "judge": JudgeOptions,
    "describe": Outputs,
}
"""The class to whose signature each primary config is bound."""


def is_ours(path: Path) -> bool:
    """Tell whether a file is about single runs; files about sweeps are tested with the sweeps."""
    return path.relative_to(CONFIGS).parts[0] not in ("hydra", "sweep")


FILES = sorted(str(p.relative_to(CONFIGS)) for p in CONFIGS.rglob("*.yaml") if is_ours(p))


@functools.cache
def _composed(config_name: str, overrides: tuple[str, ...]) -> dict[str, Any]:
    return compose_config(config_name, overrides)


def primary_and_overrides(file: str, table: Path) -> tuple[str, list[str]]:
    """Return the primary config that uses `file`, and the overrides that choose it.

    Args:
        file: the file's path relative to `conf/`.
        table: the source for a data set without a default source.
    """
    group, _, choice = file.removesuffix(".yaml").rpartition("/")
    if group.startswith("experiment"):
        group, choice = "experiment", file.removesuffix(".yaml").removeprefix("experiment/")
    overrides = [f"{group}={choice}", *mandatory(file)] if group else []
    if group == "texts":  # included by a model
        model = {"ngrams": "ngram"}.get(choice, choice)
        overrides = [f"model={model}", *mandatory(f"model/{model}.yaml")]
    if group == "data/text":
        overrides.append("data=imdb")  # the demo's own settings are those of its text encoder
    if file in {"experiment/fine_tuning.yaml", "experiment/netflix/best.yaml"}:
        overrides.append("model.source=/nowhere")
    if file == "data/text/pretrained.yaml":
        overrides.append("data.text.source=/nowhere")
    if file == "data/table.yaml":
        overrides.append(f"data.source={table}")
    if file == "data/mnist.yaml":
        overrides.append("model=image_cnn")
    if file == "model/image_cnn.yaml":
        overrides.append("data=mnist")
    if file == "trainer/gpu.yaml":
        overrides.append("trainer.precision=32-true")  # `auto` would depend on the GPU
    return (choice, []) if file.removesuffix(".yaml") in ROOTS else ("train", overrides)


@pytest.fixture(params=FILES)
def config_file(request: pytest.FixtureRequest) -> str:
    """Each yaml file in turn, relative to `conf/`."""
    return str(request.param)


@pytest.fixture
def composed(config_file: str, made_table: Path) -> dict[str, Any]:
    """The resolved config that includes this file."""
    config_name, overrides = primary_and_overrides(config_file, made_table)
    return _composed(config_name, tuple(overrides))


@pytest.fixture
def selected(config_file: str, made_table: Path) -> tuple[str, list[str]]:
    """The primary config and the overrides that choose this file."""
    return primary_and_overrides(config_file, made_table)


@pytest.fixture
def bind_it(config_file: str, made_table: Path) -> Callable[[dict[str, Any]], None]:
    """A function that binds a config to the class of the file's primary config."""
    config_name, _ = primary_and_overrides(config_file, made_table)
    return functools.partial(_bind, root=ROOTS[config_name])


def _bind(config: dict[str, Any], root: type) -> None:
    """Bind as the commands do: those that measure or describe data bind the data separately."""
    if root in (CheckpointOptions, EvaluationOptions, Outputs) and "data" in config:
        bind({"data": config["data"]}, DataNode)
        config = {key: value for key, value in config.items() if key != "data"}
    bind(config, root)
