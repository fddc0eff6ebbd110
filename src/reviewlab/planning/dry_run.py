"""The table that `sweep.dry_run=true` prints: each job with its size and estimated duration."""

import logging
import math
import time
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytorch_lightning as pl
import torch
from torch.optim import Optimizer

from reviewlab import overrides
from reviewlab.config.build import build_classifier
from reviewlab.config.experiment import Experiment
from reviewlab.config.part import Part
from reviewlab.config.preflight import runs_on_cpu
from reviewlab.console.logs import ROOT, least_level
from reviewlab.console.table import aligned, column_widths, table_width
from reviewlab.console.text import count_of, shorten
from reviewlab.data.batch import Batch
from reviewlab.data.module import DataModule
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import duration

FIRST, LAST = 20, 5
"""Numbers of jobs shown from the start and the end of a long list."""

WIDTH = 80
NARROWEST = 4
"""The smallest width of a column whose values are cut short."""


def format_jobs(planner: Planner, jobs: Sequence[Job], seconds: Sequence[float], slots: int) -> str:
    """Format a table of the jobs: varying values, parameters, steps and time; then the total.

    Args:
        planner: the planner, which makes the jobs' experiments.
        jobs: the jobs of the sweep.
        seconds: the estimated training time of each job.
        slots: number of jobs that run at a time.
    """
    keys = _shorten(planner.varied)
    lines = [["job", *keys, "parameters", "steps", "about"]]
    rows = [*range(len(jobs))]
    if len(jobs) > FIRST + LAST + 1:
        rows = [*rows[:FIRST], *rows[-LAST:]]
    for index in rows:
        job = jobs[index]
        size = [f"{job.parameters:,}", f"{job.steps:,}", duration(seconds[index])]
        lines.append([str(job.number), *_values(job, planner.varied), *size])
    text = _table(lines, len(keys))
    if len(rows) < len(jobs):
        text.insert(1 + FIRST, f"... {len(jobs) - len(rows)} more ...")
    return "\n".join([planner.title, "", *text, "", _total(jobs, seconds, slots)])


def _values(job: Job, keys: Sequence[str]) -> list[str]:
    values = overrides.values(map(overrides.readable, job.overrides))
    return [values.get(key, "") for key in keys]


def _table(rows: Sequence[Sequence[str]], keys: int) -> list[str]:
    """Align `rows` in columns, and cut long values of keys to fit `WIDTH`.

    Columns 1 to `keys` hold values of keys and are aligned to the left, the others to the right.
    """
    widths = column_widths(rows)
    cut = max(widths)
    while cut > NARROWEST and table_width(_cut_widths(widths, keys, cut)) > WIDTH:
        cut -= 1
    widths = _cut_widths(widths, keys, cut)
    cells = [[shorten(*pair) for pair in zip(row, widths, strict=True)] for row in rows]
    return aligned(cells, right=[not 0 < column <= keys for column in range(len(widths))])


def _cut_widths(widths: Sequence[int], keys: int, cut: int) -> list[int]:
    return [min(width, cut) if 0 < column <= keys else width for column, width in enumerate(widths)]


def _total(jobs: Sequence[Job], seconds: Sequence[float], slots: int) -> str:
    about = max(sum(seconds) / slots, max(seconds, default=0))
    steps = count_of(sum(job.steps for job in jobs), "step")
    return (
        f"{count_of(len(jobs), 'job')}, {steps}, about {duration(about)} in "
        f"{count_of(slots, 'slot')}\n"
        "(training alone, timed on a few batches); nothing was started"
    )


def _shorten(keys: Sequence[str]) -> list[str]:
    """Shorten each key to its last part, unless another key has the same last part."""
    last = [key.rpartition(".")[2] for key in keys]
    return [short if last.count(short) == 1 else key for short, key in zip(last, keys, strict=True)]


FREE = (
    *("seed", "data.fold", "optimizer.lr", "optimizer.weight_decay"),
    *("loss.label_smoothing", "trainer.max_"),
)
"""Prefixes of keys that do not affect how long a step takes."""

BUDGET = 10.0
"""Total seconds for timing; jobs not timed by then are assumed to be as fast as the average."""

STEPS = 5
ENOUGH = 1.0
"""Seconds after which no further step of a job is timed."""


def estimate_seconds(planner: Planner, jobs: Sequence[Job]) -> list[float]:
    """Estimate each job's training time in seconds, without validation, saving and start-up."""
    began = time.perf_counter()
    timed: dict[tuple[str, ...], float] = {}
    with least_level(logging.WARNING, [ROOT.name]):  # the plan has logged these messages already
        for job in jobs:
            if _timing_key(job) not in timed and time.perf_counter() - began < BUDGET:
                timed[_timing_key(job)] = _time_step(planner.experiment(job))
    average = float(np.mean([*timed.values()])) if timed else 0.0
    return [job.steps * timed.get(_timing_key(job), average) for job in jobs]


def _timing_key(job: Job) -> tuple[str, ...]:
    """Return a key that is the same for jobs whose steps take the same time."""
    decisive = (override for override in job.overrides if not override.startswith(FREE))
    return (str(job.parameters), *decisive)


def _time_step(experiment: Experiment) -> float:
    """Time a few batches of an experiment, and return the seconds that one optimizer step takes."""
    torch.set_num_threads(experiment.threads)
    data = experiment.data.build()
    data.prepare()
    device = torch.device(_device(experiment.trainer))
    classifier = build_classifier(experiment, data.facts()).to(device)
    optimizer = experiment.optimizer.prepare()(classifier.parameters())
    seconds: list[float] = []
    for step in range(STEPS):
        began = time.perf_counter()
        batch = data.transfer_batch_to_device(_batch(data, step), device, 0)
        optimizer.step(partial(_backward, classifier, optimizer, batch))
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        seconds.append(time.perf_counter() - began)
        if sum(seconds) > ENOUGH:
            break
    return float(np.median(seconds)) * _batches_per_step(experiment, data)


def _backward(classifier: ReviewClassifier, optimizer: Optimizer, batch: Batch) -> float:
    """Compute the gradients of a batch; an optimizer with a line search calls this repeatedly.

    Args:
        classifier: the model.
        optimizer: the optimizer, whose gradients are reset first.
        batch: the batch.

    Returns:
        The loss.
    """
    optimizer.zero_grad()
    outputs = classifier(*batch.inputs)
    loss = classifier.objective.training_loss(outputs, batch.labels)
    torch.autograd.backward(loss)
    return loss.item()


def _batch(data: DataModule, step: int) -> Batch:
    loader = data.loader("train", data.train_batch_size)
    chosen = np.random.default_rng(step).permutation(len(loader.corpus))[: loader.batch_size]
    return loader.gather(chosen)


def _batches_per_step(experiment: Experiment, data: DataModule) -> int:
    if experiment.optimizer.name == "FullBatch":
        return math.ceil(len(data.corpus("train")) / data.train_batch_size)
    return int(experiment.trainer.value("accumulate_grad_batches"))


def _device(trainer: Part[pl.Trainer]) -> str:
    return "cpu" if runs_on_cpu(trainer) else "cuda"
