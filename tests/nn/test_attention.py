"""Attention follows its formula, and its weights belong to the right words."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.nn.ids import IDS, MASK, TIME, VOCAB
from torch import nn

from reviewlab.nn import (
    AdditiveAttention,
    AttentionEncoder,
    TransformerEncoder,
)


def test_additive_attention_follows_its_formula() -> None:
    attention = AdditiveAttention(3, 4, 5)
    query, steps = torch.randn(2, 3), torch.randn(2, 6, 4)
    weights = attention(query, steps, torch.tensor([6, 2]))
    for row, length in enumerate([6, 2]):
        hidden = torch.tanh(attention.query(query[row]) + attention.key(steps[row, :length]))
        expected = attention.score(hidden)[:, 0].softmax(0)
        torch.testing.assert_close(weights[row, :length], expected)
    assert not weights[1, 2:].any()


@pytest.mark.parametrize(
    "make",
    [
        lambda: AttentionEncoder(VOCAB, 6, 5, 4, bidirectional=True),
        lambda: TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling="mean"),
        lambda: TransformerEncoder(VOCAB, TIME, 8, 2, 16, 2, pooling="last"),
    ],
    ids=["lstm", "transformer, mean", "transformer, last"],
)
@given(left=st.integers(0, 3), right=st.integers(0, 3))
def test_attention_weights_stand_where_their_words_stand(make, left: int, right: int) -> None:
    encoder = make().double().eval()
    mask = torch.cat([MASK, torch.zeros(1, TIME, dtype=torch.bool)])  # the last is empty
    ids = nn.functional.pad(IDS, (0, 0, 0, 1))
    expected = encoder.attention_weights(ids, mask)
    torch.testing.assert_close(expected.sum(1), mask.any(1).double())
    assert not expected[~mask].any()
    assert (expected[mask] > 0).all()
    pad = (left, right)
    padded = nn.functional.pad(ids, pad), nn.functional.pad(mask, pad)
    torch.testing.assert_close(encoder.attention_weights(*padded), nn.functional.pad(expected, pad))


def test_attention_features_are_the_states_weighed() -> None:
    encoder = AttentionEncoder(VOCAB, 6, 5, 4).eval()
    states, _ = encoder.recurrent.layers[0][0].rnn(encoder.embedding(IDS.t()))
    weights = encoder.attention_weights(IDS, MASK)
    expected = (weights.t()[:, :, None] * states).sum(0)
    torch.testing.assert_close(encoder(IDS, MASK), expected)
