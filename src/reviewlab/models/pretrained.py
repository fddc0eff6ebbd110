"""A pretrained encoder, fine-tuned or frozen, with a linear head."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from torch import Tensor, nn
from torch.optim.optimizer import ParamsT

from reviewlab.data.batch import Batch
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.pretrained_encoder import (
    build_encoder,
    keep_features,
    load_weights,
    refuse_length,
    refuse_tokenizer,
)
from reviewlab.models.pretrained_files import check_digest, list_weights, read_architecture
from reviewlab.nn.lora import LoRA, merge_adapters
from reviewlab.nn.objectives import Objective
from reviewlab.nn.pretrained import Pooling, PretrainedEncoder
from reviewlab.ranges import Fraction, NonNegativeInt, PositiveFloat, PositiveInt, Share
from reviewlab.text.pretrained import PretrainedTokenizer

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule

DEFAULT_LORA = LoRA()


class PretrainedClassifier(ReviewClassifier):
    """A pretrained encoder in Hugging Face's layout, with its own tokenizer.

    The constructor reads only `config.json`, and not even that if `architecture` is given; weights
    are read when training begins. A checkpoint holds tokenizer, architecture and weights.

    Args:
        objective: the loss, which sets the number of outputs.
        vocab_size: number of token ids.
        max_length: number of tokens that reviews are cut to; None for no limit.
        source: a folder with config.json, tokenizer.json and model.safetensors, or a hub id.
        train: the part to train: all weights, only the head, or the head and LoRA adapters.
        pooling: the mean over all tokens, or the state of the first token.
        head_lr_factor: the head's learning rate relative to the encoder's.
        layer_decay: each layer's learning rate relative to the layer above; 1 for equal rates.
        unfreeze_after: number of initial epochs in which only the head is trained.
        lora: the adapters for train=lora.
        keep_base: True to save untrained weights too, so that a checkpoint needs no other file;
            without them, loading it needs the source with the same digest.
        dropout: dropout rate on the features; config.json sets the dropout within the encoder.
        gradient_checkpointing: recompute each layer's activations instead of storing them.
        digest: digest of the source's files, recorded in a run's config; files that do not match
            it are refused.
        architecture: the content of config.json, recorded in a run's config.

    Raises:
        InputError: the encoder cannot be built, does not fit the tokenizer or `max_length`, or
            `unfreeze_after` is set although the encoder is not trained.
    """

    encoder: PretrainedEncoder
    reads = PretrainedTokenizer

    def __init__(
        self,
        objective: Objective,
        vocab_size: PositiveInt,
        max_length: PositiveInt | None,
        source: str,
        train: Literal["all", "head", "lora"] = "all",
        pooling: Pooling = "mean",
        head_lr_factor: PositiveFloat = 1.0,
        layer_decay: Share = 1.0,
        unfreeze_after: NonNegativeInt = 0,
        lora: LoRA | dict[str, Any] = DEFAULT_LORA,
        keep_base: bool = True,
        dropout: Fraction = 0.1,
        gradient_checkpointing: bool = False,
        digest: str | None = None,
        architecture: dict[str, Any] | None = None,
    ) -> None:
        if train == "head":
            _refuse_unfreezing(unfreeze_after)
        architecture = architecture or read_architecture(source)
        adapters = lora if isinstance(lora, LoRA) else LoRA(**lora)
        encoder = build_encoder(
            architecture,
            source,
            adapters if train == "lora" else None,
            pooling=pooling,
            frozen=train == "head",
            gradient_checkpointing=gradient_checkpointing,
        )
        refuse_tokenizer(encoder, vocab_size, source)
        refuse_length(encoder, max_length, source)
        super().__init__(encoder, objective)
        self.dropout = nn.Dropout(dropout)
        self.source, self.keep_base = source, keep_base
        self.head_lr_factor, self.layer_decay = head_lr_factor, layer_decay
        self.unfreeze_after = unfreeze_after
        lora = asdict(adapters)  # a plain value, for the checkpoint
        self.save_hyperparameters(ignore=["objective"])

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the digest of the source's files and its architecture.

        Raises:
            InputError: the files do not have the digest in the arguments.
        """
        source, expected = str(arguments["source"]), arguments.get("digest")
        digest = check_digest(source, expected)
        if expected is not None and arguments.get("architecture"):
            return {}
        return {"digest": digest, "architecture": read_architecture(source)}

    @classmethod
    def bytes_elsewhere(cls, arguments: Mapping[str, Any]) -> int:
        """Return the size of the source's weights, unless the checkpoint stores them."""
        stored = arguments.get("keep_base", True) or arguments.get("train", "all") == "all"
        files = [] if stored else list_weights(str(arguments.get("source")))
        return sum(file.stat().st_size for file in files)

    def start_from(self, data: "ReviewDataModule") -> None:
        """Load the weights of the source.

        Raises:
            InputError: the files have changed since the config was checked, or the weights do not
                fit.
        """
        digest = check_digest(self.source, self.hparams["digest"])
        load_weights(self.encoder, self.source)
        if self.encoder.frozen:
            keep_features(self.encoder, data, digest)

    def parameter_groups(self) -> ParamsT:
        """Group the trained parameters by learning rate: the head, and the encoder's layers."""
        factors = {
            name: self.layer_decay ** self.encoder.depth_from_top(name)
            for name, _ in self.encoder.backbone.named_parameters()
        }
        groups: dict[float, list[nn.Parameter]] = {}
        for name, parameter in self.named_parameters():
            short = name.removeprefix("encoder.backbone.")
            if parameter.requires_grad:
                groups.setdefault(factors.get(short, self.head_lr_factor), []).append(parameter)
        return [{"params": group, "lr_factor": factor} for factor, group in groups.items()]

    def training_step(self, batch: Batch) -> Tensor:
        """Freeze or unfreeze the encoder as `unfreeze_after` says, and return the training loss."""
        if self.unfreeze_after:
            self.encoder.freeze(self.current_epoch < self.unfreeze_after)
        return super().training_step(batch)

    def on_fit_start(self) -> None:
        """Refuse an initially frozen encoder if several ranks exchange gradients.

        Raises:
            InputError: the ranks would wait for gradients that the frozen encoder never has.
        """
        options = getattr(self.trainer.strategy, "_ddp_kwargs", {})
        waits = self.trainer.world_size > 1 and not options.get("find_unused_parameters")
        if self.unfreeze_after and waits:
            raise InputError(
                f"model.unfreeze_after: {self.unfreeze_after} cannot be used with several "
                "processes and this trainer.strategy; set model.unfreeze_after=0, or "
                "trainer.strategy=ddp_find_unused_parameters_true"
            )

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return outputs `[batch, num_outputs]` for token ids and mask `[batch, time]`."""
        return self._classify(self.encoder(*inputs))

    def read_batch(self, batch: Batch) -> Tensor:
        """Return the outputs for a batch, from stored features if there are any."""
        return (
            super().read_batch(batch) if batch.features is None else self._classify(batch.features)
        )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leave out weights that the source has, unless `keep_base` is set."""
        super().on_save_checkpoint(checkpoint)
        if not self.keep_base:
            weights = checkpoint["state_dict"]
            base = self._base_names()
            checkpoint["state_dict"] = {n: w for n, w in weights.items() if n not in base}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the weights that the checkpoint leaves out; this model has already loaded them."""
        checkpoint["state_dict"] = {**self._base_weights(), **checkpoint["state_dict"]}

    def complete(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return a checkpoint's weights together with those that are only in the source.

        Raises:
            InputError: the source is missing or its files have changed.
        """
        if weights.keys() >= self._base_names():
            return weights
        check_digest(self.source, self.hparams["digest"])
        load_weights(self.encoder, self.source)
        return {**self._base_weights(), **weights}

    def merge_adapters(self) -> None:
        """Add LoRA adapters to the encoder's weights; it is then one whose weights are trained."""
        if self.hparams["train"] == "lora":
            merge_adapters(self.encoder.backbone)
            self.hparams["train"] = "all"

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return attention weights of the last layer, `[batch, time]`: 0 on padding."""
        return self.encoder.attention_weights(token_ids, mask)

    def _classify(self, features: Tensor) -> Tensor:
        outputs: Tensor = self.head(self.dropout(features))
        return outputs

    def _base_names(self) -> set[str]:
        """Return the names of the weights that checkpoints leave out."""
        if self.keep_base:
            return set()
        trained = {name for name, weight in self.named_parameters() if weight.requires_grad}
        names = (f"encoder.backbone.{name}" for name in self.encoder.backbone.state_dict())
        return {name for name in names if name not in trained}

    def _base_weights(self) -> dict[str, Tensor]:
        own, base = self.state_dict(), self._base_names()
        return {name: weight for name, weight in own.items() if name in base}


def _refuse_unfreezing(after: int) -> None:
    if after:
        raise InputError(
            f"model.unfreeze_after: {after} cannot be combined with model.train=head, which never "
            "trains the encoder; allowed: 0, or model.train=all"
        )
