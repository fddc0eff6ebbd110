"""Low-rank adapters: small matrices that are trained beside the weights of an encoder."""

from dataclasses import dataclass
from typing import Any

from reviewlab.ranges import Fraction, PositiveFloat, PositiveInt


@dataclass(frozen=True)
class LoRA:
    """What is added to which layers.

    Source: Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models; built by peft.

    Args:
        rank: of the product that is added to a layer's weights.
        alpha: over the rank, what scales it.
        dropout: on what the adapters read.
        targets: ends of the names of the layers; null for those that peft names for the
            architecture, mostly query and value, and for all linear ones where it names none.
    """

    rank: PositiveInt = 8
    alpha: PositiveFloat = 16.0
    dropout: Fraction = 0.0
    targets: list[str] | None = None

    def add_to(self, backbone: Any) -> None:
        """Put adapters into an encoder of transformers; nothing else of it is trained then.

        Raises:
            ValueError: it has no layer of these names.
        """
        from peft import LoraConfig, inject_adapter_in_model
        from peft.utils import TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING as USUAL

        options: dict[str, Any] = {
            "r": self.rank,
            "lora_alpha": self.alpha,
            "lora_dropout": self.dropout,
            "target_modules": self.targets or USUAL.get(backbone.config.model_type, "all-linear"),
        }
        inject_adapter_in_model(LoraConfig(**options), backbone)


def is_adapter(name: str) -> bool:
    """Tell whether a parameter of this name belongs to an adapter."""
    return ".lora_" in name


def name_without_adapters(name: str) -> str:
    """Return the name that a weight beside an adapter has where there is none."""
    return name.replace(".base_layer.", ".")
