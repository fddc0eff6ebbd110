"""Bags of words are counted and averaged like in a plain loop."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.nn.ids import IDS, MASK, TIME, VOCAB, reviews

from reviewlab.nn import (
    FeedForwardEncoder,
    MeanEmbedding,
    MultiHot,
    TokenIds,
)


@given(st.lists(st.lists(st.integers(1, VOCAB - 1), max_size=6), min_size=1, max_size=4))
def test_multi_hot_marks_the_words_that_occur(words: list[list[int]]) -> None:
    ids = torch.tensor([review + [0] * (6 - len(review)) for review in words])
    marked = MultiHot(VOCAB)(ids, ids > 0)
    assert [set(row.nonzero()[:, 0].tolist()) for row in marked] == [set(w) for w in words]
    assert set(marked.unique().tolist()) <= {0.0, 1.0}


def test_a_mean_that_reads_padding_is_diluted_by_it() -> None:
    encoder = MeanEmbedding(VOCAB, 6, mask_padding=False)
    assert encoder.reads_padding
    token_ids, mask = torch.tensor([[3, 4, 0, 0]]), torch.tensor([[True, True, False, False]])
    vectors = encoder.embedding.weight
    wanted = (vectors[3] + vectors[4] + 2 * vectors[0]) / 4
    torch.testing.assert_close(encoder(token_ids, mask)[0], wanted)
    masked = MeanEmbedding(VOCAB, 6)
    masked.load_state_dict(encoder.state_dict())
    torch.testing.assert_close(masked(token_ids, mask)[0], (vectors[3] + vectors[4]) / 2)


def test_mean_embedding_is_the_mean_of_the_words() -> None:
    encoder = MeanEmbedding(VOCAB, 6)
    expected = torch.stack([encoder.embedding(review).mean(0) for review in reviews()])
    torch.testing.assert_close(encoder(IDS, MASK), expected)


def test_token_ids_are_read_as_numbers_with_their_padding() -> None:
    encoder = FeedForwardEncoder(TokenIds(TIME), [5], [0.0])
    assert encoder.reads_padding
    expected = encoder.layers(IDS.float())
    torch.testing.assert_close(encoder(IDS, torch.zeros_like(MASK)), expected)
