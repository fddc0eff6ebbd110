"""From the nodes of a bound config to objects; facts of the data go where a signature asks."""

import functools
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Callback, EarlyStopping
from pytorch_lightning.loggers import Logger
from torch.optim import Optimizer

from reviewlab.config.bind import TARGET
from reviewlab.config.signatures import arguments, locate
from reviewlab.config.values import suits, words
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.training.schedulers import Schedule

Node = Mapping[str, Any]


def build(node: Node, facts: Mapping[str, Any] | None = None) -> Any:
    """The object that `node` describes; it gets those of `facts` that its signature names."""
    factory = prepare(node)
    taken = inspect.signature(factory.func).parameters
    return factory(**{name: value for name, value in (facts or {}).items() if name in taken})


def prepare(node: Node) -> functools.partial[Any]:
    """What makes the object that `node` describes once it is called with what is missing."""
    arguments = {name: _value(value) for name, value in node.items() if name != TARGET}
    return functools.partial(locate(node[TARGET], "config"), **arguments)


def datamodule(config: Node) -> ReviewDataModule:
    """The data, not yet read."""
    made: ReviewDataModule = build(config["data"])
    return made


def classifier(config: Node, facts: Node) -> ReviewClassifier:
    """The model with its objective, for the facts of data that have been prepared."""
    _facts_suit(config, facts)
    objective = build(config["loss"], facts)
    model: ReviewClassifier = build(config["model"], {**facts, "objective": objective})
    _text_suits(config["data"]["text"], model)
    return model


def optimizer(config: Node) -> functools.partial[Optimizer]:
    """Makes the optimizer of some parameters."""
    return prepare(config["optimizer"])


def scheduler(config: Node) -> functools.partial[Schedule | None]:
    """Makes the schedule of an optimizer: called with it and `total_steps`."""
    return prepare(config["scheduler"])


def callbacks(config: Node) -> list[Callback]:
    """The callbacks, in the order of the config; one that is null is off.

    Where nothing is held out nothing stops early: what needs a validation metric is left out.
    """
    made: list[Callback] = [build(node) for node in config["callbacks"].values() if node]
    if validates(config):
        return made
    return [callback for callback in made if not isinstance(callback, EarlyStopping)]


def validates(config: Node) -> bool:
    """Whether anything is measured on a validation split."""
    return bool(config["data"].get("validation", 1)) and config["trainer"].get(
        "limit_val_batches"
    ) not in (0, 0.0)


def logger(config: Node, run_folder: Path) -> Logger:
    """The logger, which writes into `run_folder`."""
    made: Logger = build(config["logger"], {"run_folder": run_folder})
    return made


def trainer(config: Node) -> functools.partial[pl.Trainer]:
    """Makes the trainer: called with callbacks, logger and what else comes from the run."""
    return prepare(config["trainer"])


def _facts_suit(config: Node, facts: Node) -> None:
    for group in ("loss", "model"):
        known = arguments(locate(config[group][TARGET], group), group)
        for name in facts.keys() & known.keys():
            wanted = known[name].annotation
            if not suits(facts[name], wanted):
                key = {"max_length": "data.text.max_length"}.get(name, f"data: {name}")
                raise InputError(
                    f"{key}: {facts[name]} is not allowed with this {group}; "
                    f"allowed: {words(wanted)}"
                )


def _text_suits(text: Node, model: ReviewClassifier) -> None:
    pad_to = text.get("pad_to", "longest")
    if model.encoder.reads_padding and pad_to != "max_length":
        raise InputError(
            f"data.text.pad_to: {pad_to!r} is not allowed with this model, whose result "
            "depends on the padding that it reads; allowed: max_length"
        )
    if text.get("distinct") and not model.encoder.reads_a_set:
        raise InputError(
            "data.text.distinct: true leaves neither order nor counts of words, which this model "
            "reads; allowed: false, or model=mlp model.features=multi_hot"
        )


def _value(value: Any) -> Any:
    if isinstance(value, dict) and TARGET in value:
        return build(value)
    return value
