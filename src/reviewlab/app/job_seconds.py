"""About how long the jobs of a sweep train, from a few steps of each kind that are timed here."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from reviewlab.app import build
from reviewlab.app.plan import Planner
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.sweeps.job import Job

FREE = ("seed", "optimizer.lr", "optimizer.weight_decay", "loss.label_smoothing", "trainer.max_")
"""How keys begin that do not decide how long a step takes."""

BUDGET = 10.0
"""Seconds that timing may take in all; what is not timed by then is as slow as the rest."""

STEPS = 5
ENOUGH = 1.0
"""Seconds after which no further step of one kind is timed."""


def job_seconds(planner: Planner, jobs: Sequence[Job]) -> list[float]:
    """Seconds that each job trains; validation, saving and starting come on top."""
    began = time.perf_counter()
    timed: dict[tuple[str, ...], float] = {}
    with _unheard():
        for job in jobs:
            if _kind(job) not in timed and time.perf_counter() - began < BUDGET:
                timed[_kind(job)] = _seconds_a_step(planner.config(job))
    usual = float(np.mean([*timed.values()])) if timed else 0.0
    return [job.steps * timed.get(_kind(job), usual) for job in jobs]


def _kind(job: Job) -> tuple[str, ...]:
    """What jobs that are equally fast have in common."""
    said = (override for override in job.overrides if not override.startswith(FREE))
    return (str(job.parameters), *said)


def _seconds_a_step(config: dict[str, Any]) -> float:
    """The median over steps on batches that the job would see."""
    torch.set_num_threads(config["threads"])
    data = build.datamodule(config)
    data.prepare()
    device = torch.device(_device(config["trainer"]))
    classifier = build.classifier(config, data.facts()).to(device)
    optimizer = build.optimizer(config)(classifier.parameters())
    taken: list[float] = []
    for step in range(STEPS):
        began = time.perf_counter()
        batch = data.transfer_batch_to_device(_batch(data, step), device, 0)
        outputs = classifier(batch.token_ids, batch.mask)
        torch.autograd.backward(classifier.objective.training_loss(outputs, batch.labels))
        optimizer.step()
        optimizer.zero_grad()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(time.perf_counter() - began)
        if sum(taken) > ENOUGH:
            break
    return float(np.median(taken)) * _batches_a_step(config, data)


def _batch(data: ReviewDataModule, step: int) -> Any:
    corpus = data.corpus("train")
    chosen = np.random.default_rng(step).permutation(len(corpus))[: data.batch_size]
    return corpus.gather(chosen, data.text)


def _batches_a_step(config: dict[str, Any], data: ReviewDataModule) -> int:
    if config["optimizer"]["_target_"].endswith(".FullBatch"):
        return math.ceil(len(data.corpus("train")) / data.batch_size)
    return int(config["trainer"].get("accumulate_grad_batches") or 1)


def _device(trainer: dict[str, Any]) -> str:
    return "cuda" if trainer["accelerator"] != "cpu" and torch.cuda.is_available() else "cpu"


@contextmanager
def _unheard() -> Iterator[None]:
    """The plan has told already which data there are."""
    logger = logging.getLogger("reviewlab")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
