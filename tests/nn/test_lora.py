"""Only the adapters of an encoder are trained, and they change nothing at first."""

from typing import Any

import pytest
import torch
from tests.pretrained_sources import LAYOUTS, Layout, source

from reviewlab.models.pretrained_files import read_architecture
from reviewlab.nn import LoRA, PretrainedEncoder
from reviewlab.nn.lora import is_adapter, name_without_adapters

every_layout = pytest.mark.parametrize("layout", LAYOUTS)
IDS = torch.tensor([[5, 8, 13, 21], [6, 9, 0, 0]])
MASK = IDS > 0


def encoder(layout: Layout, lora: LoRA | None) -> PretrainedEncoder:
    torch.manual_seed(0)
    made = PretrainedEncoder(read_architecture(source(layout)))
    if lora is not None:
        lora.add_to(made.backbone)
    return made.eval()


@every_layout
def test_they_change_nothing_before_they_are_trained(layout: Layout) -> None:
    plain, adapted = encoder(layout, None), encoder(layout, LoRA(rank=2))
    torch.testing.assert_close(adapted(IDS, MASK), plain(IDS, MASK))
    names = {name for name in adapted.state_dict() if not is_adapter(name)}
    assert {name_without_adapters(name) for name in names} == plain.state_dict().keys()


@every_layout
def test_nothing_else_of_the_encoder_is_trained(layout: Layout) -> None:
    adapted = encoder(layout, LoRA(rank=3, alpha=6.0))
    trained = {name: p for name, p in adapted.named_parameters() if p.requires_grad}
    assert trained
    assert all(is_adapter(name) and 3 in weight.shape for name, weight in trained.items())
    adapted(IDS, MASK).sum().backward()
    assert all(weight.grad is not None for weight in trained.values())


@pytest.mark.parametrize("targets", [["query", "value"], ["dense"]])
def test_their_layers_can_be_named(targets: list[str]) -> None:
    adapted = encoder("bert", LoRA(targets=targets))
    named = [name for name, p in adapted.named_parameters() if p.requires_grad]
    assert {name.split(".lora_")[0].rpartition(".")[2] for name in named} == {*targets}


def test_a_layer_that_is_not_there_is_an_error() -> None:
    options: dict[str, Any] = {"targets": ["no_such_layer"]}
    with pytest.raises(ValueError, match="no_such_layer"):
        encoder("bert", LoRA(**options))
