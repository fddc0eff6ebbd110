"""Build a pretrained encoder, check that it fits the texts, load its weights and use them."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from reviewlab.data.batch import Batch
from reviewlab.exceptions import InputError, first_line
from reviewlab.models.pretrained_files import KEY, read_weights
from reviewlab.nn.lora import LoRA, is_adapter, name_without_adapters
from reviewlab.nn.pretrained import PretrainedEncoder

if TYPE_CHECKING:
    from reviewlab.data.datamodule import ReviewDataModule


def build_encoder(
    architecture: Mapping[str, Any], source: str, lora: LoRA | None, **options: Any
) -> PretrainedEncoder:
    """Build an encoder with random weights, and exclude them from training if it is frozen.

    Args:
        architecture: the content of the encoder's config.json.
        source: the source of the architecture, for error messages.
        lora: the adapters to add; None for no adapters.
        options: further arguments of `PretrainedEncoder`.

    Raises:
        InputError: a library is missing, or the encoder cannot be built.
    """
    try:
        encoder = PretrainedEncoder(architecture, **options)
    except ImportError as error:
        raise _missing(error) from error
    except Exception as error:  # a number that does not fit can break a constructor anywhere
        raise InputError(
            f"{KEY}: {source!r} has a config.json that no encoder can be built from"
            f" ({first_line(error)})"
        ) from error
    if lora is not None:
        _add(lora, encoder)
    if encoder.frozen:
        encoder.requires_grad_(False)
    return encoder


def refuse_tokenizer(encoder: PretrainedEncoder, vocab_size: int, source: str) -> None:
    """Refuse a tokenizer with more ids than the encoder has vectors.

    Args:
        encoder: the encoder.
        vocab_size: number of the tokenizer's ids.
        source: the encoder's source, for the message.
    """
    rows = int(encoder.backbone.config.vocab_size)
    if vocab_size > rows:
        raise InputError(
            f"data.text: the tokenizer has {vocab_size} ids, but the encoder {source!r} ({KEY}) "
            f"has only {rows} vectors; use the encoder's own tokenizer"
        )


def refuse_length(encoder: PretrainedEncoder, max_length: int | None, source: str) -> None:
    """Refuse reviews that are longer than the encoder can read.

    Args:
        encoder: the encoder.
        max_length: number of tokens that reviews are cut to; None for no limit.
        source: the encoder's source, for the message.
    """
    positions = encoder.positions
    if positions is not None and (max_length is None or max_length > positions):
        given = "null" if max_length is None else max_length
        raise InputError(
            f"data.text.max_length: {given} is not allowed; allowed: at most {positions} "
            f"(the number of positions of {source!r})"
        )


def load_weights(encoder: PretrainedEncoder, source: str) -> None:
    """Load the weights of the source into an encoder, without changing its adapters.

    Raises:
        InputError: weights are missing, hold NaN, or do not fit.
    """
    backbone = encoder.backbone
    own = {
        name_without_adapters(name): weight
        for name, weight in backbone.state_dict().items()
        if not is_adapter(name)
    }
    for name, weight in read_weights(source, own, backbone.base_model_prefix).items():
        if weight.shape != own[name].shape:
            raise InputError(
                f"{KEY}: {source!r} has {name} with the shape {[*weight.shape]}; its config.json"
                f" says {[*own[name].shape]}"
            )
        own[name].copy_(weight)


def keep_features(encoder: PretrainedEncoder, data: "ReviewDataModule", digest: str) -> None:
    """Compute the features of all reviews once; every head on this encoder can use them.

    Args:
        encoder: a frozen encoder with its weights.
        data: the reviews, which keep the features.
        digest: the digest of the encoder's files.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    library = f"transformers {version('transformers')}"
    encoder.to(device)

    def compute(batch: Batch) -> Tensor:
        batch = batch.to(device)
        features: Tensor = encoder(*batch.inputs)
        return features.float().cpu()

    data.use_features(f"{digest}/{encoder.pooling}/{device.type}/{library}", compute)
    encoder.to("cpu")


def _add(lora: LoRA, encoder: PretrainedEncoder) -> None:
    try:
        lora.add_to(encoder.backbone)
    except ImportError as error:
        raise _missing(error) from error
    except ValueError as error:
        names = (name for name, _ in encoder.backbone.named_modules())
        linear = sorted({name.rpartition(".")[2] for name in names if ".0." in name})
        raise InputError(
            f"model.lora.targets: {lora.targets} is not allowed; this encoder's layers are "
            f"named {', '.join(linear)}"
        ) from error


def _missing(error: ImportError) -> InputError:
    library = (error.name or "transformers").partition(".")[0]
    return InputError(f"model: {library} is not installed: pip install 'reviewlab[pretrained]'")
