"""The jobs of a sweep, each composed, bound and built before the first of them starts."""

import hashlib
import json
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch

from reviewlab.config import build
from reviewlab.config.bind import bind
from reviewlab.config.compose import rewritten
from reviewlab.config.experiment import Experiment
from reviewlab.config.monitors import check_measured, check_mode
from reviewlab.config.preflight import GPUS, as_here, settle, settle_elsewhere, silence, try_out
from reviewlab.config.recompose import Recomposer, parser_with_choices
from reviewlab.exceptions import InputError
from reviewlab.planning.grid import grid
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.training.fit import batches_an_epoch, total_steps

log = logging.getLogger(__name__)

ORDER = ("seed", "bucket_by_length", "balanced")
"""Arguments of the data that decide in which order reviews come, but not which."""


class DataFacts(NamedTuple):
    """What a plan has to know of data that have been read."""

    facts: dict[str, Any]
    fingerprint: str
    reviews: int


class Planner:
    """Makes the jobs of one sweep.

    Args:
        arguments: what the command line said of the jobs, values that vary included.
        settings: what the node `sweep` says.
        name: of the sweep; null seeds are drawn from it.
        elsewhere: whether the jobs will run on other machines, which may have GPUs.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        settings: SweepSettings,
        name: str,
        elsewhere: bool = False,
    ) -> None:
        with rewritten("train", arguments):
            self._grid = grid(arguments, settings, name, parser_with_choices())
        self.fixed = self._grid.fixed
        self.varied = self._grid.varied
        self.title = f"{name}: ranked by {settings.metric} ({settings.mode})"
        self._recomposer = Recomposer("train", self.fixed)
        self._metric, self._mode = settings.metric, settings.mode
        self._known: dict[bytes, Any] = {}
        self._settle = settle_elsewhere if elsewhere else settle
        self._as_here = as_here if elsewhere else _as_it_is

    def jobs(self) -> list[Job]:
        """All jobs of the grid; of those with one run id the first.

        Raises: InputError for the first job that cannot work, and says which that is.
        """
        self._check_each_override()
        found: dict[str, Job] = {}
        number = 0
        for overrides in self._grid:
            job = self.job(number, overrides)
            found.setdefault(job.run_id, job)
            number += 1
        if len(found) < number:
            again = number - len(found)
            log.info("%d of %d jobs are the same run as an earlier one: left out", again, number)
        return [*found.values()]

    def job(self, number: int, overrides: Sequence[str]) -> Job:
        """One job: composed, bound, and built where nothing takes memory.

        Raises: InputError when it cannot work.
        """
        with _told_of(number, overrides):
            return self._job(number, overrides)

    def config(self, job: Job) -> dict[str, Any]:
        """The resolved config of a job, made again: thousands of them would fill the memory."""
        return bind(self._settle(self._recomposer.config(job.overrides)), Experiment)

    def _check_each_override(self) -> None:
        """Refuse a wrong choice, key or value of any job before data are read for the first."""
        checked: set[str] = set()
        for number, overrides in enumerate(self._grid):
            if not checked.issuperset(overrides):
                with _told_of(number, overrides):
                    self._checked(overrides)
                checked.update(overrides)

    def _checked(self, overrides: Sequence[str]) -> dict[str, Any]:
        """The config of a job whose parts can be built, as far as that needs no data."""
        config = bind(self._settle(self._recomposer.config(overrides)), Experiment)
        if config["test"]:  # whoever sees every job's test metrics chooses by them
            raise InputError(
                "test: true is not allowed in a sweep; allowed: false, and afterwards "
                "scripts/report.py <sweep folder> --test-winner"
            )
        parts = {k: v for k, v in config.items() if k not in ("model", "loss", "seed", "name")}
        parts["data"] = _without(config["data"], ("seed",))
        self._once("parts", parts, lambda: self._try_out(config))
        return config

    def _job(self, number: int, overrides: Sequence[str]) -> Job:
        config = self._checked(overrides)
        known = self._once("data", _without(config["data"], ORDER), lambda: _read(config))
        model = [config["model"], config["loss"], _without(config["data"], ORDER)]
        devices, nodes = _devices(config["trainer"]), config["trainer"].get("num_nodes", 1)
        batches = _batches(known.reviews, config["data"]["batch_size"], devices * nodes)
        length = [config["trainer"], config["optimizer"]["_target_"], batches]
        return Job(
            number,
            tuple(overrides),
            run_id(config, known.fingerprint),
            configuration_id(config, known.fingerprint),
            devices=devices,
            parameters=self._once("model", model, lambda: _parameters(config, known.facts)),
            steps=self._once("steps", length, lambda: _steps(self._as_here(config), batches)),
            nodes=nodes,
            gpu=_takes_gpus(config["trainer"]),
        )

    def _try_out(self, config: dict[str, Any]) -> None:
        """Refuse what cannot be built, and what could not be ranked when it is trained."""
        try_out(self._as_here(config))
        label_names = build.datamodule(config).label_names
        check_measured("sweep.metric", self._metric, label_names)
        check_mode("sweep.mode", self._mode, self._metric)

    def _once(self, kind: str, parts: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives; made once for all jobs that share `parts`."""
        key = hashlib.sha256(json.dumps([kind, parts], sort_keys=True).encode()).digest()
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]


@contextmanager
def _told_of(number: int, overrides: Sequence[str]) -> Iterator[None]:
    """Say which job it is that cannot work."""
    try:
        yield
    except InputError as error:
        if not overrides:
            raise
        raise InputError(f"job {number} ({' '.join(overrides)}): {error}") from error


def _as_it_is(config: dict[str, Any]) -> dict[str, Any]:
    return config


def _without(node: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in keys}


def _read(config: dict[str, Any]) -> DataFacts:
    """Encode the data, or open them where that was done before: the jobs find them in the cache."""
    data = build.datamodule(config)
    data.prepare()
    return DataFacts(data.facts(), data.fingerprint(), len(data.corpus("train")))


def _parameters(config: dict[str, Any], facts: dict[str, Any]) -> int:
    """Build the model without memory for its weights; how many there are."""
    with torch.device("meta"):
        classifier = build.classifier(config, facts)
    return sum(parameter.numel() for parameter in classifier.parameters())


def _devices(trainer: dict[str, Any]) -> int:
    devices = trainer.get("devices", 1)
    if isinstance(devices, list):
        return len(devices)
    if isinstance(devices, int) or str(devices).isdecimal():
        return max(int(devices), 1)
    return 1


def _takes_gpus(trainer: dict[str, Any]) -> bool:
    """Whether it computes on GPUs; `auto` does where there are any, and is allowed only here."""
    accelerator = trainer.get("accelerator", "auto")
    return accelerator in GPUS or (accelerator == "auto" and torch.cuda.is_available())


def _batches(reviews: int, batch_size: int, devices: int) -> int:
    """How many batches an epoch has; a last one that not every device had a part of is joined."""
    if batch_size % devices:
        raise InputError(
            f"data.batch_size: {batch_size} cannot be shared equally among {devices} devices"
        )
    return reviews // batch_size + (reviews % batch_size >= devices)


def _steps(config: dict[str, Any], batches: int) -> int:
    """Steps of the optimizer, if nothing stops early; 0 where nothing limits them."""
    with silence():
        trainer = build.trainer(config)(logger=False)
    if config["optimizer"]["_target_"].endswith(".FullBatch"):
        trainer.accumulate_grad_batches = max(batches_an_epoch(trainer, batches), 1)
    steps = total_steps(trainer, batches)
    return 0 if math.isinf(steps) else int(steps)
