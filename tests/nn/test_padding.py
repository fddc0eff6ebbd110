"""Alignment, reversal and pooling against a loop over the reviews."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from reviewlab.nn.padding import align, inside, max_over_time, mean_over_time, reversal, reverse

reviews = st.lists(
    st.lists(st.integers(1, 99), max_size=6), min_size=1, max_size=4
)  # words of each review


def fill(words: list[list[int]], left: list[int], time: int) -> tuple[Tensor, Tensor]:
    """Return ids and mask `[batch, time]` with `left` padding tokens before each review."""
    ids = torch.zeros(len(words), time, dtype=torch.int64)
    for row, (review, start) in enumerate(zip(words, left, strict=True)):
        ids[row, start : start + len(review)] = torch.tensor(review, dtype=torch.int64)
    return ids, ids > 0


@given(reviews, st.data())
def test_align_moves_every_review_to_the_left(words: list[list[int]], data: st.DataObject) -> None:
    left = [data.draw(st.integers(0, 8 - len(review))) for review in words]
    token_ids, lengths = align(*fill(words, left, 8))
    assert token_ids.shape == (len(words), 8)
    assert lengths.tolist() == [max(len(review), 1) for review in words]
    kept = [row[:length].tolist() for row, length in zip(token_ids, lengths, strict=True)]
    assert kept == [review or [0] for review in words]


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_reversal_reads_each_review_backwards_and_undoes_itself(lengths: list[int]) -> None:
    index = reversal(torch.tensor(lengths), 7)
    steps = torch.randn(7, len(lengths), 2)
    backwards = reverse(steps, index)
    for row, length in enumerate(lengths):
        assert torch.equal(backwards[:length, row], steps[:length, row].flip(0))
    assert torch.equal(reverse(backwards, index), steps)
    assert torch.equal(reverse(steps[:, :, 0], index), backwards[:, :, 0])
    assert all(sorted(column.tolist()) == list(range(7)) for column in index.T)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_pooling_is_that_of_the_words_alone(lengths: list[int]) -> None:
    steps = torch.randn(len(lengths), 7, 3, dtype=torch.float64)
    steps[~inside(torch.tensor(lengths), 7)] = 1e6
    means = mean_over_time(steps, torch.tensor(lengths))
    maxima = max_over_time(steps, torch.tensor(lengths))
    for row, length in enumerate(lengths):
        torch.testing.assert_close(means[row], steps[row, :length].mean(0), atol=1e-6, rtol=0)
        assert torch.equal(maxima[row], steps[row, :length].amax(0))
