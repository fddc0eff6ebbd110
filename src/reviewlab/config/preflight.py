"""Builds what needs no data and throws it away, to find what only constructors know."""

import copy
import logging
import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.strategies import StrategyRegistry

from reviewlab.config import build
from reviewlab.config.bind import TARGET, bind
from reviewlab.config.experiment import Experiment
from reviewlab.config.monitors import check_monitors
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.training.optimizers import FullBatch

Config = dict[str, Any]

GPUS = ("cuda", "gpu")
"""Accelerators that ask for a GPU by name."""

REFUSALS = (ValueError, TypeError, AssertionError, RuntimeError, MisconfigurationException)
"""What third-party constructors raise for a value that they do not allow."""


def checked(config: Config) -> Config:
    """The config as it will run: settled, bound to its targets' signatures, and tried out."""
    config = bind(settle(config), Experiment)
    try_out(config)
    return config


def settle(config: Config) -> Config:
    """The config with `trainer.precision: auto` decided for the device at hand, so that it is kept.

    Raises: InputError when there is no GPU and the config asks for one.
    """
    if not isinstance(config.get("trainer"), dict):
        return config
    trainer = dict(config["trainer"])
    if trainer.get("accelerator") in GPUS and not torch.cuda.is_available():
        raise InputError(
            f"trainer.accelerator: {trainer['accelerator']!r}, but torch finds no GPU here; "
            "allowed: cpu (trainer=cpu)"
        )
    if trainer.get("precision") == "auto":
        bf16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)
        trainer["precision"] = "bf16-mixed" if bf16 else "32-true"
    return {**config, "trainer": trainer}


def settle_elsewhere(config: Config) -> Config:
    """The config for another machine, of which this one does not know what it can do.

    Raises: InputError when something would have to be known.
    """
    if not isinstance(config.get("trainer"), dict):
        return config
    trainer = dict(config["trainer"])
    for key, allowed in (
        ("accelerator", "cpu, or cuda"),
        ("devices", "a number for each node"),
        ("precision", "bf16-mixed, 32-true or another one by name"),
    ):
        if trainer.get(key) in ("auto", -1, "-1"):
            raise InputError(
                f"trainer.{key}: {trainer[key]} depends on the node that a job will get; allowed "
                f"here: {allowed}"
            )
    return config


def as_here(config: Config) -> Config:
    """A bound config for another machine, as far as it can be tried out on this one."""
    trainer = dict(config["trainer"])
    strategy = trainer.get("strategy", "auto")
    known = ["auto", *StrategyRegistry.available_strategies()]
    if isinstance(strategy, str) and strategy not in known:
        raise InputError(
            f"trainer.strategy: {strategy!r} is not allowed{did_you_mean(strategy, known) or ';'} "
            f"allowed: {', '.join(known)}"
        )
    trainer |= {"devices": 1, "accelerator": "cpu", "strategy": "auto"}
    if config["trainer"].get("accelerator") != "cpu":
        trainer["precision"] = "32-true"
    return {**config, "trainer": trainer}


def _refuse_more_processes_than_cores(trainer: Config) -> None:
    """Every process holds torch and the data: a thousand of them take the machine down."""
    devices, cores = str(trainer.get("devices", 1)), max(os.cpu_count() or 1, 2)
    on_cpu = trainer.get("accelerator") == "cpu" or not torch.cuda.is_available()
    if on_cpu and devices.isdecimal() and int(devices) > cores:
        raise InputError(
            f"trainer.devices: {devices} processes are more than this machine has cores; "
            f"allowed: 1 to {cores}"
        )


def try_out(config: Config) -> None:
    """Refuse a bound config whose parts cannot be built or do not go together.

    Reads no data and leaves no file. What depends on the data is found when the model is built.
    """
    _refuse_more_processes_than_cores(config["trainer"])
    with silence(), tempfile.TemporaryDirectory() as name:
        folder, weight = Path(name), torch.nn.Parameter(torch.zeros(1))
        _attempt(config, "optimizer", lambda c: build.optimizer(c)([weight]))
        optimizer = build.optimizer(config)([weight])
        steps = _most_steps(config["trainer"])
        _attempt(config, "scheduler", lambda c: build.scheduler(c)(optimizer, total_steps=steps))
        _attempt(config, "callbacks", build.callbacks)
        _attempt(config, "logger", lambda c: build.logger(c, folder))
        _attempt(config, "trainer", lambda c: build.trainer(c)(logger=False))
        _attempt(config, "data", build.datamodule)
    check_monitors(config, build.datamodule(config).label_names)
    pieces = config["trainer"].get("accumulate_grad_batches", 1)
    if isinstance(optimizer, FullBatch) and pieces != 1:
        raise InputError(
            f"trainer.accumulate_grad_batches: {pieces} is not allowed with full_batch, which "
            "accumulates a whole epoch; allowed: 1"
        )


def _most_steps(trainer: Config) -> float:
    """The limit on steps; finite, but unknown before the data are read, where epochs limit them."""
    steps, epochs = trainer.get("max_steps", -1), trainer.get("max_epochs")
    if steps != -1:
        return float(steps)
    timed = trainer.get("max_time") is not None
    return math.inf if epochs == -1 or (epochs is None and timed) else 1e9


def _attempt(config: Config, group: str, make: Callable[[Config], object]) -> None:
    try:
        make(config)
    except InputError:
        raise
    except REFUSALS as error:
        key, value = _culprit(config, group, make)
        said = f"{key}: {value!r} is not allowed" if key else f"{group}: cannot be built"
        raise InputError(f"{said}: {error}") from error


def _culprit(
    config: Config, group: str, make: Callable[[Config], object]
) -> tuple[str | None, Any]:
    """The key without which `make` succeeds, and its value."""
    for key, value in list(_settings(config[group], group)):
        without = copy.deepcopy(config)
        *parents, leaf = key.split(".")
        node = without
        for parent in parents:
            node = node[parent]
        del node[leaf]
        try:
            make(without)
        except (*REFUSALS, InputError):
            continue
        return key, value
    return None, None


def _settings(node: Config, key: str) -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{key}.{name}")
        elif name != TARGET:
            yield f"{key}.{name}", value


@contextmanager
def silence() -> Iterator[None]:
    """Keep what the constructors say: it will be said again when they are called in earnest."""
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning_fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
