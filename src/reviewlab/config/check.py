"""The one check of a config: bound to its signatures, and built as far as that needs no data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from reviewlab.config.bind import bind
from reviewlab.config.experiment import Experiment
from reviewlab.config.machine import GPUS, Machine
from reviewlab.config.part import Part, digest_key
from reviewlab.config.preflight import dry_build, for_this_machine, refuse_inputs
from reviewlab.exceptions import InputError


def check_config(
    config: Mapping[str, Any], machine: Machine = Machine.HERE, built: set[str] | None = None
) -> Experiment:
    """Return the experiment of a config, or refuse what could not run.

    Args:
        config: resolved, of plain types.
        machine: where it will run.
        built: keys of the parts that were built before, which need not be built again; new ones
            are added. Model and loss are not among them: they are built with the data.

    Raises:
        InputError: names the key, its value and what is allowed.
    """
    experiment = bind_for(config, machine)
    refuse_inputs(experiment)
    key = _parts_key(experiment)
    if built is None or key not in built:
        dry_build(experiment if machine is Machine.HERE else for_this_machine(experiment))
        if built is not None:
            built.add(key)
    return experiment


def bind_for(config: Mapping[str, Any], machine: Machine = Machine.HERE) -> Experiment:
    """Bind a config to the signatures of its targets, with `auto` decided for the machine.

    Raises:
        InputError: a value is not allowed, or files that the config names are not there.
    """
    settled = resolve_auto(config) if machine is Machine.HERE else require_explicit(config)
    experiment = bind(settled, Experiment)
    model = _with_files(experiment.model)
    text = _with_files(experiment.data.value("text"))
    return replace(experiment, model=model, data=experiment.data.with_arguments(text=text))


def _with_files(part: Part[Any]) -> Part[Any]:
    """Return a part with the arguments that follow from files, such as their digest."""
    resolve = getattr(part.factory, "resolve_arguments", None)
    return part if resolve is None else part.with_arguments(**resolve(part.arguments))


def resolve_auto(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Decide `trainer.precision: auto` for the device at hand, so that the choice is kept.

    Raises:
        InputError: there is no GPU and the config asks for one.
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


def require_explicit(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config for another machine, of which this one does not know what it can do.

    Raises:
        InputError: something would have to be known.
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


def _parts_key(experiment: Experiment) -> str:
    return digest_key(
        experiment.data.without("seed"),
        experiment.optimizer,
        experiment.scheduler,
        experiment.trainer,
        experiment.callbacks,
        experiment.logger,
        experiment.monitor,
        experiment.mode,
    )
