"""A pretrained encoder, built by transformers from its configuration."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, mean_over_time, unalign

LAYER = re.compile(r"\.(?:layers?|h)\.(\d+)\.")
"""Finds the layer number in a parameter's name."""

Pooling = Literal["mean", "first"]


class PretrainedEncoder(Encoder):
    """The last hidden states of a pretrained encoder, pooled.

    Word vectors are looked up here and not in the encoder: some encoders derive positions from the
    ids they are given, and a word with the same id as padding would get the wrong position.

    Args:
        architecture: the content of the encoder's `config.json`; the weights are random.
        pooling: the mean over all tokens, special ones included, or the state of the first token.
        frozen: True if no gradient reaches the encoder in training, and its own dropout is off.
        gradient_checkpointing: recompute each layer's activations instead of storing them.
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
        # A tuple hides the module from torch, which already has it as a part of the backbone.
        self.words: Any = (self.backbone.get_input_embeddings(),)
        self.words[0].padding_idx = None  # an explanation may use padding's id as a word
        self.pooling = pooling
        self.frozen = frozen
        self.output_size = int(self.backbone.config.hidden_size)

    def freeze(self, frozen: bool) -> None:
        """Freeze the encoder in training, or let it be trained again."""
        if frozen != self.frozen:
            self.frozen = frozen
            self.train(self.training)

    def depth_from_top(self, name: str) -> int:
        """Count the backbone's layers above the parameter `name`.

        The count is 0 for the last layer and the parts after it; for the embeddings it is the
        number of all layers.
        """
        layer = LAYER.search(f".{name}")
        if layer is not None:
            return int(self.backbone.config.num_hidden_layers) - 1 - int(layer[1])
        return int(self.backbone.config.num_hidden_layers) if "embeddings" in name else 0

    @property
    def positions(self) -> int | None:
        """The length of the longest review that can be read; None if there is no limit."""
        positions = getattr(self.backbone.config, "max_position_embeddings", None)
        table = getattr(getattr(self.backbone, "embeddings", None), "position_embeddings", None)
        padding = getattr(table, "padding_idx", None)  # RoBERTa's positions start after it
        return positions if positions is None or padding is None else positions - padding - 1

    def train(self, mode: bool = True) -> "PretrainedEncoder":
        """Switch to training or evaluation; a frozen encoder's dropout stays off in training."""
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self

    def lookups(self) -> Iterable[nn.Module]:
        """Return only the table of word vectors, not those of positions and token types."""
        return list(self.words)

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`."""
        token_ids, lengths = align(token_ids, mask)
        # In evaluation an explanation may need gradients.
        frozen = self.training and self.frozen
        with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
            states = self._read(token_ids, lengths).last_hidden_state
        return self._pool(states, lengths)

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return each token's attention weight in the last layer, `[batch, time]`.

        The layout is that of `token_ids`. Weights are averaged over the heads, and over the
        attending tokens that are pooled: all of them, or the first alone. A row sums to 1; padding
        has weight 0.
        """
        token_ids, lengths = align(token_ids, mask)
        fast = self.backbone.config._attn_implementation
        self.backbone.set_attn_implementation("eager")  # other implementations return no weights
        try:
            heads = self._read(token_ids, lengths, output_attentions=True).attentions[-1]
        finally:
            self.backbone.set_attn_implementation(fast)
        return unalign(self._pool(heads.mean(1), lengths), mask)

    def _read(self, token_ids: Tensor, lengths: Tensor, **options: bool) -> Any:
        return self.backbone(
            inputs_embeds=self.words[0](token_ids),
            attention_mask=inside(lengths, token_ids.shape[1]),
            **options,
        )

    def _pool(self, steps: Tensor, lengths: Tensor) -> Tensor:
        return mean_over_time(steps, lengths) if self.pooling == "mean" else steps[:, 0]


def build_backbone(architecture: Mapping[str, Any]) -> Any:
    """Build the encoder that a `config.json` describes, with random weights and no remote code.

    Raises:
        ValueError: transformers has no such architecture, or one of its numbers is not allowed.
    """
    from transformers import AutoConfig, AutoModel

    make: Callable[..., Any] = AutoModel.from_config
    backbone = make(AutoConfig.for_model(**architecture), trust_remote_code=False)
    if getattr(backbone, "pooler", None) is not None:
        backbone.pooler = None  # a layer over the first state, which is not used here
    return backbone
