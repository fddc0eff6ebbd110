"""Build the parts that need no data, to find the errors that only their constructors detect."""

import math
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.strategies import StrategyRegistry

from reviewlab.config.experiment import Experiment
from reviewlab.config.monitors import check_monitors
from reviewlab.config.part import Part
from reviewlab.console.logs import silence
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.nn.kernels import Choice
from reviewlab.training.optimizers import LBFGS, FullBatch

FULL_PRECISION = ("None", "32", "64", "32-true", "64-true")
"""Values of `trainer.precision` that leave all numbers as they are."""

REFUSALS = (ValueError, TypeError, AssertionError, RuntimeError, MisconfigurationException)
"""Errors that third-party constructors raise for an invalid value."""


def dry_build_trainer(trainer: Part[pl.Trainer]) -> None:
    """Refuse a trainer that cannot be built on this machine.

    Raises:
        InputError: it cannot be built; the message names the key.
    """
    _refuse_more_processes_than_cores(trainer)
    _refuse_unknown_strategy(trainer)
    with silence():
        _attempt("trainer", trainer, lambda part: part.prepare()(logger=False))


def dry_build(experiment: Experiment) -> None:
    """Refuse an experiment whose parts, besides its trainer, cannot be built or do not fit.

    No data are read and no file is left behind. Errors that depend on the data only appear when the
    model is built.

    Raises:
        InputError: a part cannot be built or does not fit another; the message names the key.
    """
    with silence(), tempfile.TemporaryDirectory() as folder:
        weight = torch.nn.Parameter(torch.zeros(1))
        optimizer = _attempt("optimizer", experiment.optimizer, lambda p: p.prepare()([weight]))
        steps = _max_steps(experiment.trainer)
        _attempt(
            "scheduler",
            experiment.scheduler,
            lambda part: part.prepare()(optimizer, total_steps=steps),
        )
        for name, callback in experiment.callbacks.items():
            if callback is not None:
                _attempt(f"callbacks.{name}", callback, Part.build)
        for key, logger in experiment.loggers.items():
            _attempt(key, logger, lambda part: part.build({"run_folder": Path(folder)}))
        data = _attempt("data", experiment.data, Part.build)
    check_monitors(experiment, data.classes)
    pieces = experiment.trainer.value("accumulate_grad_batches")
    if isinstance(optimizer, FullBatch) and pieces != 1:
        raise InputError(
            f"trainer.accumulate_grad_batches: {pieces} is not allowed with full_batch, which "
            "accumulates a whole epoch; allowed: 1"
        )
    if isinstance(optimizer, LBFGS):
        _refuse_parts_of_data(experiment)


def refuse_missing_kernel(experiment: Experiment) -> None:
    """Refuse `model.kernel=compiled` where it cannot run.

    Raises:
        InputError: it is not installed, or the run does not compute on a CPU in full precision.
    """
    if experiment.model.value("kernel") != "compiled":
        return
    Choice.make("compiled", "lstm", hidden_size=1)
    if not computes_on_cpu(experiment):
        raise InputError(
            "model.kernel: 'compiled' needs a CPU and 32- or 64-bit precision; allowed: auto, torch"
        )


def computes_on_cpu(experiment: Experiment) -> bool:
    """Tell whether a run computes on the CPU of this machine, in full precision."""
    trainer = experiment.trainer
    return runs_on_cpu(trainer) and str(trainer.value("precision")) in FULL_PRECISION


def runs_on_cpu(trainer: Part[Any]) -> bool:
    """Tell whether a trainer computes on the CPU of this machine."""
    return trainer.value("accelerator") == "cpu" or not torch.cuda.is_available()


def _refuse_parts_of_data(experiment: Experiment) -> None:
    """Refuse settings that do not fit the optimizer L-BFGS.

    During its line search, neither the reviews nor the computation of the gradient may change.
    """
    batch_size = experiment.data.value("batch_size")
    if batch_size is not None:
        raise InputError(
            f"data.batch_size: {batch_size} is not allowed with lbfgs, which compares losses of "
            "the same reviews at every step; allowed: null, for all reviews"
        )
    if experiment.data.value("balanced"):
        raise InputError(
            "data.balanced: true is not allowed with lbfgs, since each epoch would draw different "
            "reviews; allowed: false; to balance the classes, use loss.class_weight=balanced"
        )
    for name in ("devices", "num_nodes"):
        count = experiment.trainer.value(name)
        if count not in (1, "1"):
            raise InputError(
                f"trainer.{name}: {count} is not allowed with lbfgs, whose line search would give "
                "a different result on each device; allowed: 1"
            )
    if clipped := experiment.trainer.value("gradient_clip_val"):
        raise InputError(
            f"trainer.gradient_clip_val: {clipped} is not allowed with lbfgs, whose line search "
            "needs unclipped gradients; allowed: null"
        )


def for_this_machine(experiment: Experiment) -> Experiment:
    """Adapt another machine's experiment so that its parts can be built on this machine."""
    trainer = experiment.trainer
    _refuse_unknown_strategy(trainer)
    here = trainer.with_arguments(devices=1, accelerator="cpu", strategy="auto")
    if trainer.value("accelerator") != "cpu":
        here = here.with_arguments(precision="32-true")
    return replace(experiment, trainer=here)


def _refuse_unknown_strategy(trainer: Part[Any]) -> None:
    strategy = trainer.value("strategy")
    strategies = ["auto", *StrategyRegistry.available_strategies()]
    if isinstance(strategy, str) and strategy not in strategies:
        hint = did_you_mean(strategy, strategies) or ";"
        raise InputError(
            f"trainer.strategy: {strategy!r} is not allowed{hint} allowed: {', '.join(strategies)}"
        )


def _refuse_more_processes_than_cores(trainer: Part[Any]) -> None:
    """Refuse more processes than cores; each loads torch, and a thousand would crash a machine."""
    devices, cores = str(trainer.value("devices")), max(os.cpu_count() or 1, 2)
    if runs_on_cpu(trainer) and devices.isdecimal() and int(devices) > cores:
        raise InputError(
            f"trainer.devices: {devices} processes are too many for this machine's cores; "
            f"allowed: 1 to {cores}"
        )


def _max_steps(trainer: Part[Any]) -> float:
    """Return the limit on training steps: 1e9 if only epochs are limited, inf if neither is."""
    steps, epochs = trainer.value("max_steps"), trainer.value("max_epochs")
    if steps != -1:
        return float(steps)
    timed = trainer.value("max_time") is not None
    return math.inf if epochs == -1 or (epochs is None and timed) else 1e9


def _attempt(key: str, part: Part[Any], make: Callable[[Part[Any]], Any]) -> Any:
    """Build a part; if this fails, find the argument that prevents it.

    Args:
        key: dotted key of the part.
        part: the part to build.
        make: function that builds the object from the part.

    Raises:
        InputError: the part cannot be built; the message names the argument, its value and the
            constructor's own reason.
    """
    try:
        return make(part)
    except InputError:
        raise
    except REFUSALS as error:
        culprit = _find_culprit(part, make)
        if culprit is None:
            raise InputError(f"{key}: cannot be built: {error}") from error
        name, value = culprit
        raise InputError(f"{key}.{name}: {value!r} is not allowed: {error}") from error


def _find_culprit(part: Part[Any], make: Callable[[Part[Any]], Any]) -> tuple[str, object] | None:
    """Find the first argument without which `make` succeeds; return its name and value, or None."""
    for name, value in part.settings():
        try:
            make(part.without(name))
        except (*REFUSALS, InputError):
            continue
        return name, value
    return None
