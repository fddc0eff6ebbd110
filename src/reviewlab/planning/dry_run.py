"""The table that `sweep.dry_run=true` shows: every job, its size, and about how long it takes."""

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
from reviewlab.console.logs import ROOT, least_level
from reviewlab.console.table import aligned, column_widths, table_width
from reviewlab.console.text import count_of, shorten
from reviewlab.data.batch import Batch
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.planning.plan import Planner
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import duration

FIRST, LAST = 20, 5
"""Jobs that are shown from each end of a long list."""

WIDTH = 80
NARROWEST = 4
"""Least width of a column whose values are cut short."""


def format_jobs(planner: Planner, jobs: Sequence[Job], slots: int) -> str:
    """Format a line a job, of what varies, parameters, steps and time, and the total at last.

    Args:
        planner: makes the experiments of the jobs.
        jobs: of the sweep.
        slots: how many of them run at a time.
    """
    seconds = estimate_seconds(planner, jobs)
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
    """Align names of values to the left, numbers to the right; the longest values are cut."""
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
    """Return the last part of each key, or all of it where that would be ambiguous."""
    last = [key.rpartition(".")[2] for key in keys]
    return [short if last.count(short) == 1 else key for short, key in zip(last, keys, strict=True)]


FREE = ("seed", "optimizer.lr", "optimizer.weight_decay", "loss.label_smoothing", "trainer.max_")
"""Beginnings of keys that do not decide how long a step takes."""

BUDGET = 10.0
"""Seconds that timing may take in all; what is not timed by then is as slow as the rest."""

STEPS = 5
ENOUGH = 1.0
"""Seconds after which no further step of one kind is timed."""


def estimate_seconds(planner: Planner, jobs: Sequence[Job]) -> list[float]:
    """Seconds that each job trains; validation, saving and starting come on top."""
    began = time.perf_counter()
    timed: dict[tuple[str, ...], float] = {}
    with least_level(logging.WARNING, [ROOT.name]):  # the plan has told already of the data
        for job in jobs:
            if _kind(job) not in timed and time.perf_counter() - began < BUDGET:
                timed[_kind(job)] = _seconds_a_step(planner.experiment(job))
    usual = float(np.mean([*timed.values()])) if timed else 0.0
    return [job.steps * timed.get(_kind(job), usual) for job in jobs]


def _kind(job: Job) -> tuple[str, ...]:
    """Return the same key for jobs whose steps take equally long."""
    decisive = (override for override in job.overrides if not override.startswith(FREE))
    return (str(job.parameters), *decisive)


def _seconds_a_step(experiment: Experiment) -> float:
    """Time some steps on batches that the job would see, and return the median in seconds."""
    torch.set_num_threads(experiment.threads)
    data = experiment.data.build()
    data.prepare()
    device = torch.device(_device(experiment.trainer))
    classifier = build_classifier(experiment, data.facts()).to(device)
    optimizer = experiment.optimizer.prepare()(classifier.parameters())
    taken: list[float] = []
    for step in range(STEPS):
        began = time.perf_counter()
        batch = data.transfer_batch_to_device(_batch(data, step), device, 0)
        optimizer.step(partial(_backward, classifier, optimizer, batch))
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(time.perf_counter() - began)
        if sum(taken) > ENOUGH:
            break
    return float(np.median(taken)) * _batches_a_step(experiment, data)


def _backward(classifier: ReviewClassifier, optimizer: Optimizer, batch: Batch) -> float:
    """Compute the gradients of a batch; an optimizer with a line search does so several times."""
    optimizer.zero_grad()
    outputs = classifier(batch.token_ids, batch.mask)
    loss = classifier.objective.training_loss(outputs, batch.labels)
    torch.autograd.backward(loss)
    return loss.item()


def _batch(data: ReviewDataModule, step: int) -> Batch:
    corpus = data.corpus("train")
    chosen = np.random.default_rng(step).permutation(len(corpus))[: data.train_batch_size]
    return corpus.gather(chosen, data.text)


def _batches_a_step(experiment: Experiment, data: ReviewDataModule) -> int:
    if experiment.optimizer.name == "FullBatch":
        return math.ceil(len(data.corpus("train")) / data.train_batch_size)
    return int(experiment.trainer.value("accumulate_grad_batches"))


def _device(trainer: Part[pl.Trainer]) -> str:
    return "cuda" if trainer.value("accelerator") != "cpu" and torch.cuda.is_available() else "cpu"
