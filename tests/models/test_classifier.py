"""Word vectors outside a batch are left out of the gradient if nothing else needs them."""

from functools import partial

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, Optimizer

from reviewlab.models.classifier import reads_sparse_gradients, use_sparse_gradients
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
