"""The base of every classifier: an encoder, a head and an objective, trained by Lightning."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytorch_lightning as pl
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.optimizer import ParamsT

from reviewlab.data.batch import Batch
from reviewlab.models.metrics import EpochMetrics
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.init import initialise
from reviewlab.nn.objectives import Objective
from reviewlab.plugins import stored_name
from reviewlab.runs.identity import Config
from reviewlab.text.encoder import Inputs, TextEncoder

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule

CHECKPOINT_VERSION = 1

OptimizerFactory = Callable[[ParamsT], Optimizer]
SchedulerFactory = Callable[[Optimizer], dict[str, Any] | None]


class ReviewClassifier(pl.LightningModule):
    """Token ids become features in an encoder, outputs in a head, a loss in an objective.

    The head is linear unless a subclass has its own.

    A subclass is a name and a signature of plain values: it builds an encoder, hands it here and
    saves its arguments. What a checkpoint needs beside the weights is set by `describe`.

    mean_batch_size: of a rank; when set, a batch weighs as much as it has reviews against this
    number, so that unequal batches add up to the exact mean over all reviews (full-batch descent).
    """

    inputs: Inputs = "token_ids"
    """What its text encoder has to give."""
    reads: ClassVar[type] = TextEncoder
    """The text encoders whose ids it can read."""
    text_encoder: TextEncoder
    label_names: Sequence[str]
    ordinal: bool
    config: Config

    def __init__(
        self,
        encoder: Encoder,
        objective: Objective,
        init: Literal["torch", "keras"] = "torch",
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head or nn.Linear(encoder.output_size, objective.num_outputs)
        self.objective = objective
        self.mean_batch_size: float | None = None
        initialise(self, init)

    def __setattr__(self, name: str, value: Any) -> None:
        """Lightning notes the hook in hand 45 times a step; torch's search for parameters costs."""
        if name == "_current_fx_name":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments that follow from files, so that a checked config keeps them.

        Args:
            arguments: of the constructor, as the config has them.
        """
        return {}

    def start_from(self, data: "ReviewDataModule") -> None:
        """Take from the prepared data, or from files, what the weights begin with.

        Called once before a training, and never for a checkpoint. Most models begin with what their
        constructor has drawn.
        """

    def complete(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the weights of a checkpoint with what it may have left out."""
        return weights

    def describe(
        self,
        text_encoder: TextEncoder,
        label_names: Sequence[str],
        config: Config,
        ordinal: bool = True,
    ) -> None:
        """Say what the ids and the classes mean, and which resolved config this comes from.

        Args:
            text_encoder: already fitted.
            label_names: of the classes, in order.
            config: of plain types.
            ordinal: the distance between two classes means something, as it does for stars.
        """
        self.text_encoder = text_encoder
        self.label_names = tuple(label_names)
        self.ordinal = ordinal
        self.config = config
        self._metrics = {
            split: EpochMetrics(self.objective, label_names, ordinal, held_out=split != "train")
            for split in ("train", "val", "test")
        }

    def use_optimizer(self, optimizer: OptimizerFactory, scheduler: SchedulerFactory) -> None:
        """Train with these; they are no part of the model and are never saved with it."""
        self._optimizer, self._scheduler = optimizer, scheduler

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Outputs `[batch, num_outputs]` of token ids and mask `[batch, time]`."""
        outputs: Tensor = self.head(self.encoder(token_ids, mask))
        return outputs

    def read_batch(self, batch: Batch) -> Tensor:
        """Outputs `[batch, num_outputs]` of a batch."""
        outputs: Tensor = self(batch.token_ids, batch.mask)
        return outputs

    def training_step(self, batch: Batch) -> Tensor:
        """The training loss of a batch, as much of it as this rank is to add to the mean."""
        loss = self._step(batch, "train")
        if self.mean_batch_size is not None:
            return loss * (len(batch.labels) / self.mean_batch_size)
        return loss if batch.share == 1 else loss * batch.share

    def validation_step(self, batch: Batch) -> None:
        """Collect a batch of the validation split."""
        self._step(batch, "val")

    def test_step(self, batch: Batch) -> None:
        """Collect a batch of the test split."""
        self._step(batch, "test")

    def epoch_so_far(self, split: str) -> tuple[Tensor, Tensor, Tensor]:
        """Predictions `[reviews]`, probabilities `[reviews, classes]` and labels on this rank."""
        return self._metrics[split].so_far()

    def probabilities_so_far(self, split: str) -> list[Tensor]:
        """Probabilities `[reviews, classes]` of each batch that this rank has seen."""
        return self._metrics[split].probabilities()

    def unfinished_epoch(self) -> dict[str, list[Tensor]]:
        """Return what this rank has collected of the training epoch in hand, on the CPU."""
        return self._metrics["train"].state()

    def go_on_with(self, unfinished_epoch: dict[str, list[Tensor]]) -> None:
        """Count what a rank had collected before the run was stopped as this rank's."""
        self._metrics["train"].add_state(unfinished_epoch, self.trainer.strategy.root_device)

    def on_train_epoch_end(self) -> None:
        """Measure the epoch's training batches, as they were seen, with dropout."""
        self._log_epoch("train")

    def on_validation_epoch_end(self) -> None:
        """Measure the validation split."""
        self._log_epoch("val")

    def on_test_epoch_end(self) -> None:
        """Measure the test split."""
        self._log_epoch("test")

    def parameter_groups(self) -> ParamsT:
        """Return the parameters to train; a group's `lr_factor` scales the learning rate."""
        return self.parameters()

    def configure_optimizers(self) -> Any:
        """Return what `use_optimizer` was given, in the form that Lightning asks for."""
        optimizer = self._optimizer(self.parameter_groups())
        for group in optimizer.param_groups:
            group["lr"] *= group.get("lr_factor", 1.0)
        if reads_sparse_gradients(optimizer) and self._alone_and_unclipped():
            use_sparse_gradients(self)
        scheduler = self._scheduler(optimizer)
        if scheduler is None:
            return optimizer
        return {"optimizer": optimizer, "lr_scheduler": scheduler}

    def _alone_and_unclipped(self) -> bool:
        """Tell whether the optimizer alone reads the gradients: neither clipping nor NCCL can."""
        trainer = self._trainer
        return trainer is not None and trainer.world_size == 1 and not trainer.gradient_clip_val

    def configure_gradient_clipping(self, optimizer: Optimizer, *limits: Any, **named: Any) -> None:
        """Clip where the trainer limits the gradients; Lightning checks much before it does not."""
        if self.trainer.gradient_clip_val:
            super().configure_gradient_clipping(optimizer, *limits, **named)

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Step a schedule of steps or epochs; one that watches a metric is stepped by `Plateau`."""
        if not isinstance(scheduler, ReduceLROnPlateau):
            super().lr_scheduler_step(scheduler, metric)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what makes a checkpoint stand alone."""
        checkpoint["reviewlab"] = {
            "version": CHECKPOINT_VERSION,
            "classifier": stored_name(type(self)),
            "objective": stored_name(type(self.objective)),
            "objective_arguments": self.objective.arguments,
            "text_encoder": self.text_encoder.state(),
            "label_names": list(self.label_names),
            "ordinal": self.ordinal,
            "config": self.config,
        }

    def _step(self, batch: Batch, split: str) -> Tensor:
        outputs = self.read_batch(batch)
        loss = self.objective.training_loss(outputs, batch.labels) if split == "train" else None
        self._metrics[split].update(outputs, batch.labels, loss)
        return outputs if loss is None else loss

    def _log_epoch(self, split: str) -> None:
        values = self._metrics[split].compute()
        # every rank has measured the same; Lightning wants to be told to make sure
        self.log_dict({f"{split}/{name}": v for name, v in values.items()}, sync_dist=True)


def reads_sparse_gradients(optimizer: Optimizer) -> bool:
    """Tell whether a word that is not in the batch would stay what it is: true of plain SGD alone.

    Momentum and weight decay move every row at every step, and so do Adam and its kin. A subclass
    that adds up gradients (`FullBatch`) touches most rows anyway. Torch's fused step takes none.
    """
    return type(optimizer) is SGD and not any(
        group["momentum"] or group["weight_decay"] or group["fused"]
        for group in optimizer.param_groups
    )


def use_sparse_gradients(module: nn.Module) -> None:
    """Let every embedding in `module` have gradients of the rows alone that a batch has touched.

    With a vocabulary of 30,000 words of size 64 an epoch of the `bag_lstm` takes a fifth less: the
    dense gradient is 8 MB, of which a batch touches a small part.
    """
    for part in module.modules():
        if isinstance(part, nn.Embedding):
            part.sparse = True
