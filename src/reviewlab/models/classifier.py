"""The base of every classifier: an encoder, a head and an objective, as a LightningModule."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import pytorch_lightning as pl
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.optimizer import ParamsT

from reviewlab.data.batch import Batch
from reviewlab.exceptions import InputError
from reviewlab.models.epoch_log import log_epoch
from reviewlab.models.fast_steps import OptimizerFactory, make_optimizer
from reviewlab.models.metrics import EpochMetrics
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.init import initialise
from reviewlab.nn.objectives import Objective
from reviewlab.plugins import stored_name
from reviewlab.runs.identity import Config
from reviewlab.text.encoder import Inputs, TextEncoder

CHECKPOINT_VERSION = 1

SchedulerFactory = Callable[[Optimizer], dict[str, Any] | None]


class ReviewClassifier(pl.LightningModule):
    """Turns a batch's inputs into features (encoder), outputs (head) and a loss (objective).

    A subclass's constructor takes plain values, builds an encoder, passes it to this class and
    saves its arguments. `describe` sets what a checkpoint holds besides the weights.

    Args:
        encoder: module that turns the inputs into features.
        objective: the loss, and how to interpret the outputs.
        init: initialisation scheme of the weights.
        head: module that turns features into outputs; None for a linear layer.

    Attributes:
        mean_batch_size: mean size of a rank's batches, or None. If set, each batch's loss is scaled
            by its size over this mean, so that the mean over batches equals the mean over reviews.
    """

    inputs: Inputs = "token_ids"
    """The form in which the data must reach this classifier."""
    reads: ClassVar[type] = TextEncoder
    """The class of text encoders whose ids this classifier can read."""
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
        """Set an attribute; bypass torch's slow checks for `_current_fx_name`.

        Lightning sets this attribute, the name of the current hook, 45 times per step.
        """
        if name == "_current_fx_name":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return constructor arguments computed from files, which the run's config will record."""
        return {}

    def start_from(self, data: Any) -> None:
        """Initialise weights from data or files before training; by default do nothing."""

    def complete(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the weights of a checkpoint, adding those that it does not store."""
        return weights

    @classmethod
    def bytes_elsewhere(cls, arguments: Mapping[str, Any]) -> int:
        """Return the size of the weights that a checkpoint with these arguments does not store."""
        return 0

    def merge_adapters(self) -> None:
        """Fold weights that were only added for training into the others; by default do nothing."""

    def describe(
        self,
        text_encoder: TextEncoder | None,
        label_names: Sequence[str],
        config: Config,
        ordinal: bool = True,
    ) -> None:
        """Store the text encoder, the class names and the config, which checkpoints will contain.

        Args:
            text_encoder: the fitted text encoder; None if the classifier reads images.
            label_names: names of the classes, in order.
            config: the resolved config, of plain types.
            ordinal: True if the classes are ordered with meaningful distances, as stars are.
        """
        self._text_encoder = text_encoder
        self.label_names = tuple(label_names)
        self.ordinal = ordinal
        self.config = config
        self._metrics: dict[str, EpochMetrics] = {}

    @property
    def text_encoder(self) -> TextEncoder:
        """The fitted text encoder.

        Raises:
            InputError: the classifier reads images.
        """
        if self._text_encoder is None:
            raise InputError(
                f"checkpoint: {type(self).__name__} reads images; allowed: classifiers of texts"
            )
        return self._text_encoder

    def use_optimizer(self, optimizer: OptimizerFactory, scheduler: SchedulerFactory) -> None:
        """Set the optimizer and schedule for training, which are never saved with the model."""
        self._optimizer, self._scheduler = optimizer, scheduler

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return outputs `[batch, num_outputs]` for the inputs of a batch, in their order."""
        outputs: Tensor = self.head(self.encoder(*inputs))
        return outputs

    def read_batch(self, batch: Batch) -> Tensor:
        """Return the outputs `[batch, num_outputs]` for a batch."""
        outputs: Tensor = self(*batch.inputs)
        return outputs

    def training_step(self, batch: Batch) -> Tensor:
        """Return the training loss of a batch, weighted if the batches differ in size."""
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

    def metrics_of(self, split: str) -> EpochMetrics:
        """Return this rank's metrics of a split, made when first needed, since that takes 2 ms."""
        if split not in self._metrics:
            held_out = split != "train"
            names, ordinal = self.label_names, self.ordinal
            self._metrics[split] = EpochMetrics(self.objective, names, ordinal, held_out)
        return self._metrics[split]

    def unfinished_epoch(self) -> dict[str, list[Tensor]]:
        """Return this rank's outputs, labels and losses in the epoch so far, on the CPU."""
        return self.metrics_of("train").state()

    def resume_epoch(self, unfinished_epoch: dict[str, list[Tensor]]) -> None:
        """Restore a rank's outputs, labels and losses from an epoch in which the run stopped."""
        self.metrics_of("train").add_state(unfinished_epoch, self.trainer.strategy.root_device)

    def on_train_epoch_end(self) -> None:
        """Log the metrics of the training batches as they were seen, with dropout."""
        self._log_epoch("train")

    def on_validation_epoch_end(self) -> None:
        """Log the metrics of the validation split."""
        self._log_epoch("val")

    def on_test_epoch_end(self) -> None:
        """Log the metrics of the test split."""
        self._log_epoch("test")

    def parameter_groups(self) -> ParamsT:
        """Return the parameters to train; a group's `lr_factor` scales its learning rate."""
        return self.parameters()

    def configure_optimizers(self) -> Any:
        """Return the optimizer and schedule from `use_optimizer` in the form Lightning expects."""
        optimizer = make_optimizer(self._optimizer, self.parameter_groups(), self)
        for group in optimizer.param_groups:
            group["lr"] *= group.get("lr_factor", 1.0)
        scheduler = self._scheduler(optimizer)
        if scheduler is None:
            return optimizer
        return {"optimizer": optimizer, "lr_scheduler": scheduler}

    def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: Optimizer) -> None:
        """Discard the gradients; the optimizer's own method takes 20 µs longer (torch 2.13).

        Args:
            epoch: number of the epoch.
            batch_idx: number of the batch.
            optimizer: the optimizer of the weights.
        """
        for group in optimizer.param_groups:
            for weight in group["params"]:
                weight.grad = None

    def configure_gradient_clipping(self, optimizer: Optimizer, *limits: Any, **named: Any) -> None:
        """Clip if the trainer sets a limit; without one, skip Lightning's costly checks."""
        if self.trainer.gradient_clip_val:
            super().configure_gradient_clipping(optimizer, *limits, **named)

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Step a schedule, unless it watches a metric; the callback `Plateau` steps that kind."""
        if not isinstance(scheduler, ReduceLROnPlateau):
            super().lr_scheduler_step(scheduler, metric)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add all that is needed to load the checkpoint without any other file."""
        checkpoint["reviewlab"] = {
            "version": CHECKPOINT_VERSION,
            "classifier": stored_name(type(self)),
            "objective": stored_name(type(self.objective)),
            "objective_arguments": self.objective.arguments,
            "text_encoder": self._text_encoder and self._text_encoder.state(),
            "label_names": list(self.label_names),
            "ordinal": self.ordinal,
            "config": self.config,
        }

    def _step(self, batch: Batch, split: str) -> Tensor:
        outputs = self.read_batch(batch)
        loss = self.objective.training_loss(outputs, batch.labels) if split == "train" else None
        self.metrics_of(split).update(outputs, batch.labels, loss)
        return outputs if loss is None else loss

    def _log_epoch(self, split: str) -> None:
        values = self.metrics_of(split).compute()
        log_epoch(self, {f"{split}/{name}": value for name, value in values.items()})
