"""Plan a sweep's jobs: compose, check and build each of them before the first one starts."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import torch

from reviewlab.config.build import build_classifier
from reviewlab.config.check import bind_for, check_config
from reviewlab.config.compose import explain_errors
from reviewlab.config.experiment import Experiment
from reviewlab.config.grammar import Grammar
from reviewlab.config.machine import Machine
from reviewlab.config.monitors import check_measured, check_mode
from reviewlab.config.part import Part, digest_key
from reviewlab.config.preflight import for_this_machine
from reviewlab.config.recompose import Recomposer
from reviewlab.config.sources import TRAIN, Sources
from reviewlab.console.commands import command
from reviewlab.data.module import DataModule
from reviewlab.exceptions import InputError
from reviewlab.planning.grid import expand_grid
from reviewlab.planning.ngram_baseline import Baselines
from reviewlab.planning.size import count_batches, count_devices, count_steps, takes_gpus
from reviewlab.runs.identity import configuration_id, repetition, run_id
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.settings import SweepSettings

log = logging.getLogger(__name__)

EVERY = 10
"""Seconds between two messages on how many jobs were checked."""

ORDER = ("seed", "bucket_by_length", "balanced")
"""Arguments of the data that decide the order of reviews, but not their selection."""


class DataFacts(NamedTuple):
    """Facts about data that have been read.

    `facts` maps arguments of model and loss to values; `reviews` counts the training split.
    """

    facts: Mapping[str, object]
    fingerprint: str
    reviews: int


class Planner:
    """Makes the jobs of one sweep; data and parts that several jobs share are read or built once.

    Args:
        arguments: the command line's overrides, including those that vary.
        settings: the settings of the node `sweep`.
        name: the sweep's name; each null seed is replaced by a number derived from it.
        machine: the machine that the jobs will run on: this one or another.
        sources: the config files and overrides that each job's config is composed from.
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
        self.data_facts: dict[str, DataFacts] = {}
        self._parameters: dict[str, int] = {}
        self._steps: dict[str, int] = {}

    def jobs(self) -> list[Job]:
        """Return all jobs of the grid; if several have the same run id, only the first of them.

        Raises:
            InputError: a job cannot run; the message names the job.
        """
        self._check_each_override()
        jobs: dict[str, Job] = {}
        number = 0
        told = time.monotonic()
        for overrides in self._grid:
            job = self.job(number, overrides)
            jobs.setdefault(job.run_id, job)
            number += 1
            if time.monotonic() - told > EVERY:
                log.info("checked %d of %d jobs", number, len(self._grid))
                told = time.monotonic()
        if len(jobs) < number:
            repeats = number - len(jobs)
            log.info("left out %d of %d jobs: each repeats an earlier job", repeats, number)
        return [*jobs.values()]

    def job(self, number: int, overrides: Sequence[str]) -> Job:
        """Make one job: compose and check its config; build its model without allocating weights.

        Raises:
            InputError: the job cannot run.
        """
        with _name_job(number, overrides):
            return self._job(number, overrides)

    def overrides(self, job: Job) -> list[str]:
        """Return all overrides of a job, including those that all jobs share."""
        return [*self._recomposer.shared(job.overrides), *job.overrides]

    def experiment(self, job: Job) -> Experiment:
        """Return a job's experiment, made again on each call to save memory in large sweeps."""
        return bind_for(self._recomposer.compose(job.overrides), self._machine)

    def _check_each_override(self) -> None:
        """Refuse a wrong choice, key or value of any job before any data are read."""
        checked: set[str] = set()
        for number, overrides in enumerate(self._grid):
            if not checked.issuperset(overrides):
                with _name_job(number, overrides):
                    self._check(overrides)
                checked.update(overrides)

    def _check(self, overrides: Sequence[str]) -> Experiment:
        """Return a job's experiment after all checks that need no data."""
        config = self._recomposer.compose(overrides)
        experiment = check_config(config, self._machine, self._built)
        if experiment.test:  # people could choose a job by its test metrics
            raise InputError(
                "test: must be false in a sweep; to test the winner when the sweep is finished, "
                f"run {command('report')} <sweep folder> --test-winner"
            )
        self._refuse_unranked(experiment.data)
        return experiment

    def _refuse_unranked(self, data: Part[DataModule]) -> None:
        """Refuse data for which the sweep's metric is not measured."""
        key = digest_key(data.without(*ORDER))
        if key not in self._measured:
            check_measured("sweep.metric", self._metric, data.build().classes)
            check_mode("sweep.mode", self._mode, self._metric)
            self._measured.add(key)

    def _job(self, number: int, overrides: Sequence[str]) -> Job:
        experiment = self._check(overrides)
        trainer, config = experiment.trainer, experiment.as_config()
        data = self._data_facts(experiment)
        devices, nodes = count_devices(trainer), trainer.value("num_nodes")
        batch_size = experiment.data.value("batch_size") or data.reviews
        batches = count_batches(data.reviews, batch_size, devices * nodes)
        return Job(
            number,
            tuple(overrides),
            run_id(config, data.fingerprint),
            configuration_id(config, data.fingerprint),
            devices=devices,
            parameters=self._count_parameters(experiment, data.facts),
            steps=self._count_steps(experiment, batches),
            nodes=nodes,
            gpu=takes_gpus(trainer),
            seed=repetition(config),
        )

    def _data_facts(self, experiment: Experiment) -> DataFacts:
        """Prepare the data, which caches them for the jobs, and return facts about them."""
        key = digest_key(experiment.data.without(*ORDER))
        if key not in self.data_facts:
            data = experiment.data.build()
            data.prepare()
            reviews = len(data.corpus("train"))
            self.data_facts[key] = DataFacts(data.facts(), data.fingerprint(), reviews)
        return self.data_facts[key]

    def _count_parameters(self, experiment: Experiment, facts: Mapping[str, object]) -> int:
        """Build the model without allocating its weights, and count its parameters."""
        data = experiment.data.without(*ORDER)
        key = digest_key(experiment.model, experiment.loss, data)
        if key not in self._parameters:
            # the jobs may run on a machine that has another kernel
            experiment = replace(experiment, model=experiment.model.without("kernel"))
            with torch.device("meta"):
                classifier = build_classifier(experiment, facts)
            self._parameters[key] = sum(p.numel() for p in classifier.parameters())
        return self._parameters[key]

    def _count_steps(self, experiment: Experiment, batches: int) -> int:
        key = digest_key(experiment.trainer, experiment.optimizer.target, batches)
        if key not in self._steps:
            if self._machine is not Machine.HERE:
                experiment = for_this_machine(experiment)
            self._steps[key] = count_steps(experiment, batches)
        return self._steps[key]


@contextmanager
def _name_job(number: int, overrides: Sequence[str]) -> Iterator[None]:
    """Name the job at the start of any InputError message raised in the `with` block."""
    try:
        yield
    except InputError as error:
        if not overrides:
            raise
        raise InputError(f"job {number} ({' '.join(overrides)}): {error}") from error
