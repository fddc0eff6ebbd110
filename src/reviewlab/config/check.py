"""Check a config: bind it to its signatures and build whatever needs no data."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch

from reviewlab.config.bind import bind
from reviewlab.config.experiment import Experiment
from reviewlab.config.inputs import refuse_inputs
from reviewlab.config.machine import GPUS, Machine
from reviewlab.config.part import Part, digest_key
from reviewlab.config.preflight import (
    dry_build,
    dry_build_trainer,
    for_this_machine,
    refuse_missing_kernel,
)
from reviewlab.exceptions import InputError


def check_config(
    config: Mapping[str, Any], machine: Machine = Machine.HERE, built: set[str] | None = None
) -> Experiment:
    """Turn a config into an experiment; refuse a config that could not run.

    Args:
        config: the resolved config, of plain types.
        machine: the machine on which the experiment will run.
        built: keys that identify settings whose objects, such as trainer and optimizer, were built
            by an earlier check. They are not built again; the key of newly built ones is added.
            None to build them always. The model and the loss are never built, since they need the
            data.

    Raises:
        InputError: a key or value is not allowed, or the parts do not fit together.
    """
    experiment = bind_for(config, machine)
    refuse_inputs(experiment)
    if machine is Machine.HERE:
        refuse_missing_kernel(experiment)
    here = experiment if machine is Machine.HERE else for_this_machine(experiment)
    built = set() if built is None else built
    # A trainer takes three times as long as all others, and most sweeps have a single one.
    _once(digest_key(here.trainer), built, lambda: dry_build_trainer(here.trainer))
    _once(_parts_key(experiment), built, lambda: dry_build(here))
    return experiment


def _once(key: str, built: set[str], build: Callable[[], None]) -> None:
    """Build something unless it was built before.

    Args:
        key: identifies the settings that it is built from.
        built: the keys of everything built so far; a new one is added.
        build: function that builds it, or raises an InputError.
    """
    if key not in built:
        build()
        built.add(key)


def bind_for(config: Mapping[str, Any], machine: Machine = Machine.HERE) -> Experiment:
    """Turn a config into an experiment, checking each value but building nothing.

    The trainer's precision `auto` is resolved for this machine. For another machine, settings that
    depend on its hardware are refused.

    Raises:
        InputError: a value is not allowed, or a file that the config names is missing.
    """
    explicit = resolve_auto(config) if machine is Machine.HERE else require_explicit(config)
    experiment = bind(explicit, Experiment)
    model = _with_files(experiment.model)
    data, text = experiment.data, experiment.data.value("text")
    if text is not None:
        data = data.with_arguments(text=_with_files(text))
    return replace(experiment, model=model, data=data)


def _with_files(part: Part[Any]) -> Part[Any]:
    """Add the arguments that `part` computes from the files it names, such as their digest."""
    resolve = getattr(part.factory, "resolve_arguments", None)
    return part if resolve is None else part.with_arguments(**resolve(part.arguments))


def resolve_auto(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace `trainer.precision: auto` by bf16-mixed if this machine supports it, else 32-true.

    The run's config then records the precision that was used.

    Raises:
        InputError: the config asks for a GPU and there is none.
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
    """Refuse a config for another machine if its trainer settings depend on the hardware there.

    Returns:
        The config, unchanged.

    Raises:
        InputError: a trainer setting is `auto` or -1, which only that machine could resolve.
    """
    if not isinstance(config.get("trainer"), dict):
        return config
    trainer = dict(config["trainer"])
    for key, allowed in (
        ("accelerator", "cpu or cuda"),
        ("devices", "the number of devices per node"),
        ("precision", "bf16-mixed, 32-true or another precision by name"),
    ):
        if trainer.get(key) in ("auto", -1, "-1"):
            raise InputError(
                f"trainer.{key}: {trainer[key]} depends on the node that a job gets; "
                f"allowed here: {allowed}"
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
