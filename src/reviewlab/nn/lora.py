"""Low-rank adapters: small trained matrices that are added to an encoder's frozen weights."""

from dataclasses import dataclass
from typing import Any

from reviewlab.ranges import Fraction, PositiveFloat, PositiveInt


@dataclass(frozen=True)
class LoRA:
    """Settings of the adapters, and the layers they are added to.

    Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models; built by peft.

    Args:
        rank: rank of the product that is added to a layer's weights.
        alpha: the product is scaled by alpha / rank.
        dropout: dropout rate on the adapters' input.
        targets: suffixes of the names of the layers to adapt; null uses peft's choice for the
            architecture, mostly query and value, or all linear layers if peft has no choice.
    """

    rank: PositiveInt = 8
    alpha: PositiveFloat = 16.0
    dropout: Fraction = 0.0
    targets: list[str] | None = None

    def add_to(self, backbone: Any) -> None:
        """Add adapters to a transformers encoder and freeze its other parameters.

        Raises:
            ValueError: the encoder has no layers of these names.
        """
        from peft import LoraConfig, inject_adapter_in_model
        from peft.utils import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as DEFAULT

        options: dict[str, Any] = {
            "r": self.rank,
            "lora_alpha": self.alpha,
            "lora_dropout": self.dropout,
            "target_modules": self.targets or DEFAULT.get(backbone.config.model_type, "all-linear"),
        }
        inject_adapter_in_model(LoraConfig(**options), backbone)


def merge_adapters(backbone: Any) -> None:
    """Add the products of all adapters to the weights that they adapt, and remove the adapters."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    adapted = [(n, m) for n, m in backbone.named_modules() if isinstance(m, BaseTunerLayer)]
    for name, layer in adapted:
        layer.merge()
        backbone.set_submodule(name, layer.get_base_layer())


def is_adapter(name: str) -> bool:
    """Return True if a parameter of this name belongs to an adapter."""
    return ".lora_" in name


def name_without_adapters(name: str) -> str:
    """Return the name that a weight had before adapters were added."""
    return name.replace(".base_layer.", ".")
