"""The jobs of a sweep, each composed, bound and built before the first of them starts."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pytorch_lightning as pl
import torch

from reviewlab.config.build import build_classifier
from reviewlab.config.check import bind_for, check_config
from reviewlab.config.compose import explain_errors
from reviewlab.config.experiment import Experiment
from reviewlab.config.grammar import Grammar
from reviewlab.config.machine import GPUS, Machine
from reviewlab.config.monitors import check_measured, check_mode
from reviewlab.config.part import Part, digest_key
from reviewlab.config.preflight import for_this_machine
from reviewlab.config.recompose import Recomposer
from reviewlab.config.sources import TRAIN, Sources
from reviewlab.console.commands import command
from reviewlab.console.logs import silence
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.exceptions import InputError
from reviewlab.planning.grid import expand_grid
from reviewlab.planning.ngram_baseline import Baselines
from reviewlab.runs.identity import configuration_id, run_id
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings
from reviewlab.training.limits import batches_an_epoch, total_steps

log = logging.getLogger(__name__)

ORDER = ("seed", "bucket_by_length", "balanced")
"""Arguments of the data that decide in which order reviews come, but not which."""


class DataFacts(NamedTuple):
    """Facts of data that have been read.

    facts: what the constructors of model and loss take from the data, by argument.
    fingerprint: of the content.
    reviews: in the training split.
    """

    facts: Mapping[str, object]
    fingerprint: str
    reviews: int


class Planner:
    """Makes the jobs of one sweep; what several jobs share is read and built once.

    Args:
        arguments: what the command line said of the jobs, values that vary included.
        settings: what the node `sweep` says.
        name: of the sweep; null seeds are drawn from it.
        machine: where the jobs will run.
        sources: what the config of every job is composed from.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        settings: SweepSettings,
        name: str,
        machine: Machine = Machine.HERE,
        sources: Sources = TRAIN,
    ) -> None:
        with explain_errors(sources.config_name, arguments, sources.folders):
            self._grid = expand_grid(arguments, settings, name, Grammar(sources.folders))
        self.fixed = self._grid.fixed
        self.varied = self._grid.varied
        self.title = f"{name}: ranked by {settings.metric} ({settings.mode})"
        self._recomposer = Recomposer(sources, self.fixed, self._grid.choices)
        self._metric, self._mode = settings.metric, settings.mode
        self.baselines = Baselines(settings)
        self._machine = machine
        self._built: set[str] = set()
        self._measured: set[str] = set()
        self._facts: dict[str, DataFacts] = {}
        self._parameters: dict[str, int] = {}
        self._steps: dict[str, int] = {}

    def jobs(self) -> list[Job]:
        """Return all jobs of the grid; of those with one run id the first.

        Raises:
            InputError: the first job that cannot work, and which that is.
        """
        self._check_each_override()
        jobs: dict[str, Job] = {}
        number = 0
        for overrides in self._grid:
            job = self.job(number, overrides)
            jobs.setdefault(job.run_id, job)
            number += 1
        if len(jobs) < number:
            again = number - len(jobs)
            log.info("%d of %d jobs are the same run as an earlier one: left out", again, number)
        return [*jobs.values()]

    def job(self, number: int, overrides: Sequence[str]) -> Job:
        """Return one job: composed, bound, and built where nothing takes memory.

        Raises:
            InputError: it cannot work.
        """
        with _job_named(number, overrides):
            return self._job(number, overrides)

    def overrides(self, job: Job) -> list[str]:
        """Return all overrides of a job, those that it shares with others included."""
        return [*self._recomposer.shared(job.overrides), *job.overrides]

    def experiment(self, job: Job) -> Experiment:
        """Return the experiment of a job, bound again: thousands would fill the memory."""
        return bind_for(self._recomposer.compose(job.overrides), self._machine)

    def _check_each_override(self) -> None:
        """Refuse a wrong choice, key or value of any job before data are read for the first."""
        checked: set[str] = set()
        for number, overrides in enumerate(self._grid):
            if not checked.issuperset(overrides):
                with _job_named(number, overrides):
                    self._check(overrides)
                checked.update(overrides)

    def _check(self, overrides: Sequence[str]) -> Experiment:
        """Return the experiment of a job, built as far as that needs no data."""
        config = self._recomposer.compose(overrides)
        experiment = check_config(config, self._machine, self._built)
        if experiment.test:  # test metrics of all jobs would be chosen by
            raise InputError(
                "test: true is not allowed in a sweep; allowed: false, and afterwards "
                f"{command('report')} <sweep folder> --test-winner"
            )
        self._refuse_unranked(experiment.data)
        return experiment

    def _refuse_unranked(self, data: Part[ReviewDataModule]) -> None:
        """Refuse data on which the sweep's metric is not measured."""
        key = digest_key(data.without(*ORDER))
        if key not in self._measured:
            check_measured("sweep.metric", self._metric, data.build().classes)
            check_mode("sweep.mode", self._mode, self._metric)
            self._measured.add(key)

    def _job(self, number: int, overrides: Sequence[str]) -> Job:
        experiment = self._check(overrides)
        trainer, config = experiment.trainer, experiment.as_config()
        data = self._data_facts(experiment)
        devices, nodes = _count_devices(trainer), trainer.value("num_nodes")
        batch_size = experiment.data.value("batch_size") or data.reviews
        batches = _count_batches(data.reviews, batch_size, devices * nodes)
        return Job(
            number,
            tuple(overrides),
            run_id(config, data.fingerprint),
            configuration_id(config, data.fingerprint),
            devices=devices,
            parameters=self._count_parameters(experiment, data.facts),
            steps=self._count_steps(experiment, batches),
            nodes=nodes,
            gpu=_takes_gpus(trainer),
        )

    def _data_facts(self, experiment: Experiment) -> DataFacts:
        """Encode the data, or open them where that was done: the jobs find them in the cache."""
        key = digest_key(experiment.data.without(*ORDER))
        if key not in self._facts:
            data = experiment.data.build()
            data.prepare()
            reviews = len(data.corpus("train"))
            self._facts[key] = DataFacts(data.facts(), data.fingerprint(), reviews)
        return self._facts[key]

    def _count_parameters(self, experiment: Experiment, facts: Mapping[str, object]) -> int:
        """Build the model without memory for its weights, and count these."""
        data = experiment.data.without(*ORDER)
        key = digest_key(experiment.model, experiment.loss, data)
        if key not in self._parameters:
            with torch.device("meta"):
                classifier = build_classifier(experiment, facts)
            self._parameters[key] = sum(p.numel() for p in classifier.parameters())
        return self._parameters[key]

    def _count_steps(self, experiment: Experiment, batches: int) -> int:
        key = digest_key(experiment.trainer, experiment.optimizer.target, batches)
        if key not in self._steps:
            if self._machine is not Machine.HERE:
                experiment = for_this_machine(experiment)
            self._steps[key] = _count_all_steps(experiment, batches)
        return self._steps[key]


@contextmanager
def _job_named(number: int, overrides: Sequence[str]) -> Iterator[None]:
    """Name the job that cannot work in front of the reason."""
    try:
        yield
    except InputError as error:
        if not overrides:
            raise
        raise InputError(f"job {number} ({' '.join(overrides)}): {error}") from error


def _count_devices(trainer: Part[pl.Trainer]) -> int:
    devices = trainer.value("devices")
    if isinstance(devices, list):
        return len(devices)
    if isinstance(devices, int) or str(devices).isdecimal():
        return max(int(devices), 1)
    return 1


def _takes_gpus(trainer: Part[pl.Trainer]) -> bool:
    """Tell whether a job takes GPUs; `auto` does where there are any, and is allowed only here."""
    accelerator = trainer.value("accelerator")
    return accelerator in GPUS or (accelerator == "auto" and torch.cuda.is_available())


def _count_batches(reviews: int, batch_size: int, devices: int) -> int:
    """Count the batches of an epoch; a last one that not every device had a part of is joined."""
    if batch_size % devices:
        raise InputError(
            f"data.batch_size: {batch_size} cannot be shared equally among {devices} devices"
        )
    return reviews // batch_size + (reviews % batch_size >= devices)


def _count_all_steps(experiment: Experiment, batches: int) -> int:
    """Count the optimizer's steps, if nothing stops early; 0 where nothing limits them."""
    with silence():
        trainer = experiment.trainer.prepare()(logger=False)
    if experiment.optimizer.name == "FullBatch":
        trainer.accumulate_grad_batches = max(batches_an_epoch(trainer, batches), 1)
    steps = total_steps(trainer, batches)
    return 0 if math.isinf(steps) else int(steps)
