"""Log the metrics of an epoch in a tenth of the time that `LightningModule.log` takes."""

from collections.abc import Mapping

import pytorch_lightning as pl
import torch
from pytorch_lightning.trainer.states import TrainerFn


def log_epoch(module: pl.LightningModule, values: Mapping[str, float]) -> None:
    """Log the values of a whole epoch, which are equal in all ranks.

    `module.log` makes a torchmetrics object of every value, and copies its description whenever it
    is logged or moved, so that it can reduce over batches and ranks. Nothing is left to reduce
    here: a training hands its values directly to the callbacks and loggers. Outside of a training,
    `trainer.validate` and `trainer.test` return what `module.log` receives.

    Args:
        module: the module whose trainer logs.
        values: maps each metric's name to its value.
    """
    trainer = module.trainer
    if trainer.state.fn is not TrainerFn.FITTING:
        # All ranks have equal values already; Lightning warns unless it is asked to sync.
        module.log_dict(dict(values), sync_dist=True)
        return
    tensors = {name: torch.tensor(value, device=module.device) for name, value in values.items()}
    trainer.callback_metrics.update(tensors)
    if trainer.sanity_checking:
        return
    trainer.logged_metrics.update(tensors)
    # in float32 and at the step that ended last, as Lightning logs
    logged = {name: tensor.item() for name, tensor in tensors.items()}
    for logger in trainer.loggers:
        logger.log_metrics({**logged, "epoch": trainer.current_epoch}, trainer.global_step - 1)
        logger.save()
