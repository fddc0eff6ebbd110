"""Every encoder declares its output size, and many of one kind run at once."""

import importlib
import inspect
import pkgutil
import warnings

import pytest
import torch
from tests.nn.ids import IDS, LENGTHS, MASK, TIME, VOCAB
from tests.pretrained_sources import source
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap

import reviewlab.nn
from reviewlab.models.pretrained_files import read_architecture
from reviewlab.nn import (
    BagRecurrentEncoder,
    ConvolutionEncoder,
    Encoder,
    FeedForwardEncoder,
    ImageConvolutionEncoder,
    MeanEmbedding,
    MultiHot,
    NgramSum,
    TokenIds,
)


def encoders() -> list[type[Encoder]]:
    for module in pkgutil.iter_modules(reviewlab.nn.__path__):
        importlib.import_module(f"reviewlab.nn.{module.name}")
    every = Encoder.__subclasses__()
    own = (kind for kind in every if kind.__module__.startswith("reviewlab.nn."))
    return sorted(own, key=lambda kind: kind.__name__)


def as_sets(ids: Tensor) -> Tensor:
    """Return the set of ids of each row, `[batch, VOCAB]`, sparse."""
    with warnings.catch_warnings(action="ignore"):  # that sparse tensors are in beta
        return torch.zeros(len(ids), VOCAB).scatter_(1, ids, 1.0).to_sparse_csr()


@pytest.mark.parametrize("kind", encoders())
def test_every_encoder_is_public_and_announces_its_size(kind: type[Encoder]) -> None:
    assert kind.__name__ in reviewlab.nn.__all__
    values = {"cell": "gru", "features": MultiHot(VOCAB), "hidden_sizes": [5], "dropouts": [0.0]}
    values |= {"vocab_size": VOCAB, "max_length": TIME, "widths": [2, 3], "num_heads": 2}
    values |= {"architecture": read_architecture(source())}
    values |= {"image_size": [8, 9], "num_filters": 4, "kernel_size": 3}
    if kind is ImageConvolutionEncoder:
        values["num_filters"] = [3, 4]
    names = inspect.signature(kind).parameters.values()
    needed = {p.name: values.get(p.name, 4) for p in names if p.default is p.empty}
    encoder = kind(**needed)
    ids = as_sets(IDS) if issubclass(kind, NgramSum) else IDS
    inputs = (torch.rand(4, 1, 8, 9),) if kind is ImageConvolutionEncoder else (ids, MASK)
    assert encoder(*inputs).shape == (4, encoder.output_size)
    assert isinstance(encoder.reads_padding, bool)


def test_a_bag_has_no_word_order() -> None:
    encoder = BagRecurrentEncoder(VOCAB, 6, 5, 2, bidirectional=True, extra_linear=True).double()
    shuffled = IDS.clone()
    for row, length in enumerate(LENGTHS.tolist()):
        shuffled[row, :length] = IDS[row, :length].flip(0)
    torch.testing.assert_close(encoder(shuffled, MASK), encoder(IDS, MASK))
    assert encoder.output_size == 5


def stackable() -> list[Encoder]:
    return [
        FeedForwardEncoder(MultiHot(VOCAB), [6, 5], [0.0, 0.0]),
        FeedForwardEncoder(MeanEmbedding(VOCAB, 4), [6], [0.0]),
        FeedForwardEncoder(TokenIds(TIME), [6], [0.0]),
        ConvolutionEncoder(VOCAB, 6, [2, 3], 5),
    ]


@pytest.mark.parametrize("number", range(len(stackable())))
def test_many_feed_forward_encoders_run_at_once(number: int) -> None:
    """Stacked parameters give the same features and gradients as separate encoders."""
    models = [stackable()[number].double() for _ in range(3)]
    parameters, buffers = stack_module_state(models)

    def features(weights: dict[str, Tensor]) -> Tensor:
        result: Tensor = functional_call(models[0], (weights, {}), (IDS, MASK))
        return result

    together = vmap(features)(parameters)
    torch.testing.assert_close(together, torch.stack([model(IDS, MASK) for model in models]))
    assert not buffers
    gradients = torch.func.grad(lambda weights: vmap(features)(weights).pow(2).sum())(parameters)
    for row, model in enumerate(models):
        model(IDS, MASK).pow(2).sum().backward()
        for name, weight in model.named_parameters():
            torch.testing.assert_close(gradients[name][row], weight.grad)
