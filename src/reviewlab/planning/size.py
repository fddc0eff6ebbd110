"""The size of a job: its devices, its batches and its steps."""

import math

import pytorch_lightning as pl
import torch

from reviewlab.config.experiment import Experiment
from reviewlab.config.machine import GPUS
from reviewlab.config.part import Part
from reviewlab.console.logs import silence
from reviewlab.data.loader import refuse_uneven_batch
from reviewlab.training.limits import batches_an_epoch, total_steps


def count_devices(trainer: Part[pl.Trainer]) -> int:
    """Count the devices that a job uses on each of its nodes."""
    devices = trainer.value("devices")
    if isinstance(devices, list):
        return len(devices)
    if isinstance(devices, int) or str(devices).isdecimal():
        return max(int(devices), 1)
    return 1


def takes_gpus(trainer: Part[pl.Trainer]) -> bool:
    """Tell whether a job uses GPUs; `auto` uses them if this machine has any."""
    accelerator = trainer.value("accelerator")
    return accelerator in GPUS or (accelerator == "auto" and torch.cuda.is_available())


def count_batches(reviews: int, batch_size: int, devices: int) -> int:
    """Count an epoch's batches; a last batch too small for all devices joins the one before it.

    Args:
        reviews: the number of training reviews.
        batch_size: the global batch size.
        devices: the number of devices on all nodes.
    """
    refuse_uneven_batch(batch_size, devices)
    return reviews // batch_size + (reviews % batch_size >= devices)


def count_steps(experiment: Experiment, batches: int) -> int:
    """Count the optimizer's steps without early stopping; 0 if they are unlimited."""
    with silence():
        trainer = experiment.trainer.prepare()(logger=False)
    if experiment.optimizer.name == "FullBatch":
        trainer.accumulate_grad_batches = max(batches_an_epoch(trainer, batches), 1)
    steps = total_steps(trainer, batches)
    return 0 if math.isinf(steps) else int(steps)
