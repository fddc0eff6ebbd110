"""Optimizers step as fast as their options allow, with the results of torch's own steps."""

from functools import partial

import pytest
import torch
from pytorch_lightning import LightningModule
from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from reviewlab.models.fast_steps import (
    allows_fused,
    make_optimizer,
    reads_sparse_gradients,
    use_sparse_gradients,
)
from reviewlab.training.optimizers import FullBatch


@pytest.mark.parametrize(
    ("optimizer", "reads"),
    [
        (partial(SGD, lr=0.1), True),
        (partial(SGD, lr=0.1, momentum=0.9), False),
        (partial(SGD, lr=0.1, weight_decay=0.1), False),
        (partial(SGD, lr=0.1, fused=True), False),
        (partial(Adam, lr=0.1), False),
        (FullBatch, False),
    ],
)
def test_plain_sgd_alone_reads_them(optimizer, reads: bool) -> None:
    assert reads_sparse_gradients(optimizer(nn.Linear(1, 1).parameters())) is reads


def trained(sparse: bool) -> nn.Embedding:
    torch.manual_seed(0)
    embedding = nn.Embedding(50, 4)
    if sparse:
        use_sparse_gradients(embedding)
    optimizer: Optimizer = SGD(embedding.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        embedding(torch.randint(0, 50, (8, 3))).square().sum().backward()
        assert embedding.weight.grad is not None
        assert embedding.weight.grad.is_sparse is sparse
        optimizer.step()
    return embedding


def test_the_weights_are_those_of_dense_gradients() -> None:
    dense, sparse = trained(False).weight, trained(True).weight
    torch.testing.assert_close(sparse, dense, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("factory", "allowed"),
    [
        (Adam, True),
        (partial(AdamW, lr=0.1), True),
        (partial(Adagrad, lr=0.1), True),
        (partial(SGD, lr=0.1, momentum=0.9), True),
        (partial(SGD, lr=0.1), False),
        (partial(RMSprop, lr=0.1), False),
        (FullBatch, False),
        (partial(Adam, fused=False), False),
        (partial(Adam, foreach=True), False),
        (partial(Adam, differentiable=True), False),
    ],
)
def test_a_fused_step_is_used_where_it_gains_and_is_not_decided(factory, allowed: bool) -> None:
    assert allows_fused(factory) is allowed


class Module(LightningModule):
    """Two weights, one of which has an odd size."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(13, 5)


def weights_after(factory, steps: int = 50) -> list[torch.Tensor]:
    module = Module()
    optimizer = make_optimizer(factory, module.parameters(), module)
    inputs = torch.randn(8, 13, generator=torch.Generator().manual_seed(1))
    for _ in range(steps):
        optimizer.zero_grad()
        module.layer(inputs).square().mean().backward()
        optimizer.step()
    return [*module.parameters()]


@pytest.mark.parametrize(
    "optimizer", [partial(SGD, momentum=0.9), Adam, partial(AdamW, amsgrad=True), Adagrad]
)
def test_fused_steps_give_the_weights_of_torch_s_own(optimizer) -> None:
    fused = weights_after(partial(optimizer, lr=0.01))
    plain = weights_after(partial(optimizer, lr=0.01, fused=False))
    for one, other in zip(fused, plain, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_groups_keep_their_options() -> None:
    module = Module()
    groups = [
        {"params": [weight], "lr": lr}
        for weight, lr in zip(module.parameters(), (1, 2), strict=True)
    ]
    optimizer = make_optimizer(partial(Adam, lr=0.1), groups, module)
    assert [(g["lr"], g["fused"]) for g in optimizer.param_groups] == [(1, True), (2, True)]


def test_a_checkpoint_of_unfused_steps_goes_on_unfused() -> None:
    module = Module()
    before = make_optimizer(partial(Adam, fused=False), module.parameters(), module)
    after = make_optimizer(Adam, module.parameters(), module)
    assert after.param_groups[0]["fused"]
    after.load_state_dict(before.state_dict())
    assert not after.param_groups[0]["fused"]


def test_weights_elsewhere_are_not_fused() -> None:
    module = Module().to("meta")
    assert not make_optimizer(Adam, module.parameters(), module).param_groups[0]["fused"]
