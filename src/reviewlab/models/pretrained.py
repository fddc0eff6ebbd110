"""A pretrained encoder, trained further or kept as it is, under a linear head."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor, nn
from torch.optim.optimizer import ParamsT

from reviewlab.data.batch import Batch
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.pretrained_encoder import (
    build_encoder,
    load_weights,
    refuse_length,
    refuse_tokenizer,
)
from reviewlab.models.pretrained_files import check_digest, read_architecture
from reviewlab.nn.lora import LoRA
from reviewlab.nn.objectives import Objective
from reviewlab.nn.pretrained import Pooling, PretrainedEncoder
from reviewlab.ranges import Fraction, NonNegativeInt, PositiveFloat, PositiveInt, Share
from reviewlab.text.pretrained import PretrainedTokenizer

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule

WITHOUT_OPTIONS = LoRA()


class PretrainedClassifier(ReviewClassifier):
    """An encoder in Hugging Face's layout, with its own tokenizer.

    The constructor reads `config.json` alone, and not even that where `architecture` is given;
    weights are read when a training begins. A checkpoint holds all three.

    Args:
        source: a folder with config.json, tokenizer.json and model.safetensors, or a hub id.
        train: all weights, those of the head alone, or of the head and of adapters.
        pooling: the mean over all tokens, or what stands at the first.
        head_lr_factor: of the head's learning rate against that of the encoder.
        layer_decay: of each layer's learning rate against that of the layer above; 1 for none.
        unfreeze_after: epochs in which the head alone is trained at first.
        lora: the adapters of train=lora.
        keep_base: save what is not trained as well, so that a checkpoint stands alone; without it,
            a checkpoint needs the source, whose digest it holds.
        dropout: on the features; the encoder's own is what its configuration says.
        gradient_checkpointing: keep less of each layer in memory, and compute it twice.
        digest: of the files, in a config that was checked; other files are refused then.
        architecture: what config.json says, in a config that was checked.

    Raises:
        InputError: the encoder cannot be built, does not suit the tokenizer or `max_length`, or is
            to be unfrozen though it is not trained.
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
        lora: LoRA | dict[str, Any] = WITHOUT_OPTIONS,
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
        lora = asdict(adapters)  # plain, as a checkpoint holds it
        self.save_hyperparameters(ignore=["objective"])

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the digest of the source's files and its architecture.

        Raises:
            InputError: the files are not those of the digest in the arguments.
        """
        source, known = str(arguments["source"]), arguments.get("digest")
        digest = check_digest(source, known)
        if known is not None and arguments.get("architecture"):
            return {}
        return {"digest": digest, "architecture": read_architecture(source)}

    def start_from(self, data: "ReviewDataModule") -> None:
        """Begin with the weights of the source.

        Raises:
            InputError: the source has other files than when the config was checked, or weights
                that do not fit.
        """
        digest = check_digest(self.source, self.hparams["digest"])
        load_weights(self.encoder, self.source)
        if self.encoder.frozen:
            self._keep_features(data, digest)

    def parameter_groups(self) -> ParamsT:
        """Group what is trained by its learning rate: the head, and the layers of the encoder."""
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
        """The training loss of a batch; at first the head alone may be trained."""
        if self.unfreeze_after:
            self.encoder.freeze(self.current_epoch < self.unfreeze_after)
        return super().training_step(batch)

    def on_fit_start(self) -> None:
        """Refuse what ranks that share gradients cannot do.

        Raises:
            InputError: they would wait for gradients of an encoder that is frozen at first.
        """
        options = getattr(self.trainer.strategy, "_ddp_kwargs", {})
        waits = self.trainer.world_size > 1 and not options.get("find_unused_parameters")
        if self.unfreeze_after and waits:
            raise InputError(
                f"model.unfreeze_after: {self.unfreeze_after} with several processes needs "
                "trainer.strategy=ddp_find_unused_parameters_true; or 0"
            )

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Outputs `[batch, num_outputs]` of token ids and mask `[batch, time]`."""
        return self._classify(self.encoder(token_ids, mask))

    def read_batch(self, batch: Batch) -> Tensor:
        """Outputs of a batch, from features where the encoder has read it before."""
        return (
            super().read_batch(batch) if batch.features is None else self._classify(batch.features)
        )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leave out what the source has, where that is wanted."""
        super().on_save_checkpoint(checkpoint)
        if not self.keep_base:
            weights = checkpoint["state_dict"]
            base = self._base_names()
            checkpoint["state_dict"] = {n: w for n, w in weights.items() if n not in base}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Put back what was left out: a training has begun with it."""
        checkpoint["state_dict"] = {**self._base_weights(), **checkpoint["state_dict"]}

    def complete(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """Add the weights of the source to those of a checkpoint that lacks them.

        Raises:
            InputError: the source is not where it was, or has other files.
        """
        if weights.keys() >= self._base_names():
            return weights
        check_digest(self.source, self.hparams["digest"])
        load_weights(self.encoder, self.source)
        return {**self._base_weights(), **weights}

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Weigh each token in the last layer, `[batch, time]`: 0 on padding, in all 1."""
        return self.encoder.attention_weights(token_ids, mask)

    def _classify(self, features: Tensor) -> Tensor:
        outputs: Tensor = self.head(self.dropout(features))
        return outputs

    def _base_names(self) -> set[str]:
        """Name what is not trained; nothing where checkpoints hold everything."""
        if self.keep_base:
            return set()
        trained = {name for name, weight in self.named_parameters() if weight.requires_grad}
        names = (f"encoder.backbone.{name}" for name in self.encoder.backbone.state_dict())
        return {name for name in names if name not in trained}

    def _base_weights(self) -> dict[str, Tensor]:
        own, base = self.state_dict(), self._base_names()
        return {name: weight for name, weight in own.items() if name in base}

    def _keep_features(self, data: "ReviewDataModule", digest: str) -> None:
        """Let the encoder read each review once, for all heads on it."""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        library = f"transformers {version('transformers')}"
        encoder = self.encoder.to(device)

        def compute(batch: Batch) -> Tensor:
            here = batch.to(device)
            features: Tensor = encoder(here.token_ids, here.mask)
            return features.float().cpu()

        data.use_features(f"{digest}/{encoder.pooling}/{device.type}/{library}", compute)
        encoder.to("cpu")


def _refuse_unfreezing(after: int) -> None:
    if after:
        raise InputError(
            f"model.unfreeze_after: {after} beside model.train: head, which leaves the encoder as"
            " it is; allowed: 0, or model.train=all"
        )
