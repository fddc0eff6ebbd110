"""An encoder that was trained by others, built by transformers from its configuration."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, mean_over_time, unalign

LAYER = re.compile(r"\.(?:layers?|h)\.(\d+)\.")
"""The number of a layer in the name of a parameter."""

Pooling = Literal["mean", "first"]


class PretrainedEncoder(Encoder):
    """The last states of a pretrained encoder, pooled.

    Words are looked up here and not by the encoder: some of them count positions from the ids that
    they are given, and a word would move where its id is that of padding.

    Args:
        architecture: the content of its `config.json`; the weights are random.
        pooling: the mean over all tokens, special ones included, or what stands at the first.
        frozen: no gradient reaches the encoder in training, and its own dropout is off.
        gradient_checkpointing: compute each layer twice instead of keeping what it computed.
    """

    has_positions = True

    def __init__(
        self,
        architecture: Mapping[str, Any],
        pooling: Pooling = "mean",
        *,
        frozen: bool = False,
        gradient_checkpointing: bool = False,
    ) -> None:
        super().__init__()
        self.backbone = build_backbone(architecture)
        if gradient_checkpointing:
            self.backbone.activation_checkpointing_enable()
        self.words: Any = (self.backbone.get_input_embeddings(),)  # in a tuple: it has its place
        self.words[0].padding_idx = None  # ids of padding may stand for words in an explanation
        self.pooling = pooling
        self.frozen = frozen
        self.output_size = int(self.backbone.config.hidden_size)

    def freeze(self, frozen: bool) -> None:
        """Let no gradient reach the encoder in training, or let it be trained again."""
        if frozen != self.frozen:
            self.frozen = frozen
            self.train(self.training)

    def depth_from_top(self, name: str) -> int:
        """Count the layers between one of the backbone's parameters and the features.

        0 in the last layer and behind it; what comes before all layers has as many as there are.
        """
        layer = LAYER.search(f".{name}")
        if layer is not None:
            return int(self.backbone.config.num_hidden_layers) - 1 - int(layer[1])
        return int(self.backbone.config.num_hidden_layers) if "embeddings" in name else 0

    @property
    def positions(self) -> int | None:
        """The length of the longest review that can be read; None where nothing limits it."""
        positions = getattr(self.backbone.config, "max_position_embeddings", None)
        table = getattr(getattr(self.backbone, "embeddings", None), "position_embeddings", None)
        padding = getattr(table, "padding_idx", None)  # RoBERTa counts from behind it
        return positions if positions is None or padding is None else positions - padding - 1

    def train(self, mode: bool = True) -> "PretrainedEncoder":
        """Leave dropout off in an encoder that stays as it is."""
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self

    def lookups(self) -> Iterable[nn.Module]:
        """Words have one table; positions and types have tables that look like it."""
        return list(self.words)

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        # In evaluation gradients may be asked for by an explanation.
        frozen = self.training and self.frozen
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            states = self._read(token_ids, lengths).last_hidden_state
        return self._pooled(states, lengths)

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Weigh each token in the last layer, `[batch, time]`, at its place in `token_ids`.

        The mean over the heads, and over the tokens that look, as they are pooled: all of them, or
        the first. A row sums to 1; padding weighs nothing.
        """
        token_ids, lengths = align(token_ids, mask)
        fast = self.backbone.config._attn_implementation
        self.backbone.set_attn_implementation("eager")  # the others keep no weights
        try:
            heads = self._read(token_ids, lengths, output_attentions=True).attentions[-1]
        finally:
            self.backbone.set_attn_implementation(fast)
        return unalign(self._pooled(heads.mean(1), lengths), mask)

    def _read(self, token_ids: Tensor, lengths: Tensor, **options: bool) -> Any:
        return self.backbone(
            inputs_embeds=self.words[0](token_ids),
            attention_mask=inside(lengths, token_ids.shape[1]),
            **options,
        )

    def _pooled(self, steps: Tensor, lengths: Tensor) -> Tensor:
        return mean_over_time(steps, lengths) if self.pooling == "mean" else steps[:, 0]


def build_backbone(architecture: Mapping[str, Any]) -> Any:
    """Build the encoder that a `config.json` describes, with random weights and no code of others.

    Raises:
        ValueError: transformers has no such architecture, or one of its numbers does not fit.
    """
    from transformers import AutoConfig, AutoModel

    make: Callable[..., Any] = AutoModel.from_config
    backbone = make(AutoConfig.for_model(**architecture), trust_remote_code=False)
    if getattr(backbone, "pooler", None) is not None:
        backbone.pooler = None  # a layer of its own over the first state, which nothing here reads
    return backbone
