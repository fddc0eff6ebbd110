"""The transformer equals that of torch on each review alone, and knows word order."""

import pytest
import torch
from tests.nn.ids import IDS, LENGTHS, MASK, TIME, VOCAB, reviews

from reviewlab.nn import (
    TransformerEncoder,
)


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_the_transformer_is_torchs_on_each_review_alone(pooling: str) -> None:
    encoder = TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling=pooling)
    expected = []
    for review in reviews():
        vectors = encoder.embedding(review) + encoder.positions.weight[: len(review)]
        steps = encoder.layers(vectors[None])[0]
        expected.append(steps.mean(0) if pooling == "mean" else steps[-1])
    torch.testing.assert_close(encoder(IDS, MASK), torch.stack(expected))
    with torch.no_grad():  # torch uses a fast path here
        torch.testing.assert_close(encoder.eval()(IDS, MASK), torch.stack(expected))


@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_a_transformers_weights_say_what_its_last_attention_adds(pooling: str) -> None:
    """With one head, it is the weighted sum of the words' values."""
    encoder = TransformerEncoder(VOCAB, TIME, 8, 1, 16, 2, pooling=pooling)
    attention, seen = encoder.layers.layers[-1].self_attn, []
    handle = attention.register_forward_hook(lambda *call: seen.append((call[1][0], call[2][0])))
    encoder(IDS, MASK)
    handle.remove()
    [(steps, added)] = seen
    values = steps @ attention.in_proj_weight[16:].T + attention.in_proj_bias[16:]
    weights = encoder.attention_weights(IDS, MASK)
    expected = attention.out_proj((weights[:, None] @ values)[:, 0])
    pooled = [
        own[:n].mean(0) if pooling == "mean" else own[n - 1]
        for own, n in zip(added, LENGTHS, strict=True)
    ]
    torch.testing.assert_close(torch.stack(pooled), expected)


def test_words_behind_a_transformers_positions_weigh_nothing() -> None:
    weights = TransformerEncoder(VOCAB, 3, 8, 2, 16, 1).eval().attention_weights(IDS, MASK)
    assert not weights[:, 3:].any()
    torch.testing.assert_close(weights.sum(1), torch.ones(4))


def test_the_transformer_knows_word_order() -> None:
    encoder = TransformerEncoder(VOCAB, TIME, 8, 2, 16, 1).eval()
    full = torch.ones(1, 4, dtype=torch.bool)
    there, back = torch.tensor([[3, 4, 5, 6]]), torch.tensor([[6, 5, 4, 3]])
    assert not torch.allclose(encoder(there, full), encoder(back, full), atol=1e-4)
