"""The table that `sweep.dry_run=true` shows: every job, its size, and about how long it takes."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from reviewlab.app import build
from reviewlab.app.plan import Planner
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import duration

FIRST, LAST = 20, 5
"""Of many jobs, how many are shown from each end."""

BUDGET = 10.0
"""Seconds that timing may take in all; what is not timed by then is as slow as the rest."""

STEPS = 3


def jobs_table(planner: Planner, jobs: Sequence[Job], slots: int) -> str:
    """A line a job: what varies, parameters, steps and time; at last all of it for the slots."""
    seconds = _seconds(planner, jobs)
    keys = _short(planner.varied)
    header = ["job", *keys, "parameters", "steps", "about"]
    shown = [*range(len(jobs))]
    if len(jobs) > FIRST + LAST + 1:
        shown = [*shown[:FIRST], *shown[-LAST:]]
    lines = [header]
    for index in shown:
        job = jobs[index]
        said = dict(override.lstrip("+~").split("=", 1) for override in job.overrides)
        values = [said.get(key, "") for key in planner.varied]
        size = [f"{job.parameters:,}", f"{job.steps:,}", duration(seconds[index])]
        lines.append([str(job.number), *values, *size])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    text = [
        "  ".join(
            cell.ljust(width) if 0 < column <= len(keys) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    if len(shown) < len(jobs):
        text.insert(1 + FIRST, f"... {len(jobs) - len(shown)} more ...")
    return "\n".join([*text, "", _total(jobs, seconds, slots)])


def _total(jobs: Sequence[Job], seconds: Sequence[float], slots: int) -> str:
    longest = max(seconds, default=0)
    about = max(sum(seconds) / slots, longest)
    return (
        f"{len(jobs)} jobs, {sum(job.steps for job in jobs):,} steps, about {duration(about)} "
        f"in {slots} slots (training alone). Nothing was started."
    )


def _short(keys: Sequence[str]) -> list[str]:
    """The last part of each key, or all of it where that is not enough to tell them apart."""
    last = [key.rpartition(".")[2] for key in keys]
    return [short if last.count(short) == 1 else key for short, key in zip(last, keys, strict=True)]


def _seconds(planner: Planner, jobs: Sequence[Job]) -> list[float]:
    """About how long each job trains: steps of its model on its longest batches, timed here."""
    began = time.perf_counter()
    by_shape: dict[tuple[str, int], float] = {}
    for job in jobs:
        shape = (_model(job), job.parameters)
        if shape not in by_shape and time.perf_counter() - began < BUDGET:
            by_shape[shape] = _seconds_a_step(planner, job)
    usual = float(np.mean([*by_shape.values()]))
    return [job.steps * by_shape.get((_model(job), job.parameters), usual) for job in jobs]


def _model(job: Job) -> str:
    """What decides how long a step takes: everything but seed and rates."""
    free = ("seed", "optimizer.lr", "loss.label_smoothing")
    said = (override for override in job.overrides if override.split("=")[0] not in free)
    return " ".join(said)


def _seconds_a_step(planner: Planner, job: Job) -> float:
    """The shortest of a few steps on batches that the job would see."""
    config = planner.config(job)
    torch.set_num_threads(config["threads"])
    data = build.datamodule(config)
    data.prepare()
    classifier = build.classifier(config, data.facts())
    optimizer = build.optimizer(config)(classifier.parameters())
    corpus, size = data.corpus("train"), config["data"]["batch_size"]
    taken = []
    for step in range(STEPS):
        chosen = np.random.default_rng(step).permutation(len(corpus))[:size]
        began = time.perf_counter()
        batch = corpus.gather(chosen, data.text)
        outputs = classifier(batch.token_ids, batch.mask)
        torch.autograd.backward(classifier.objective.training_loss(outputs, batch.labels))
        optimizer.step()
        optimizer.zero_grad()
        taken.append(time.perf_counter() - began)
    return min(taken)
