"""Filters respond like torch's convolution on each review alone."""

import torch
from tests.nn.ids import IDS, MASK, TIME, VOCAB, reviews
from torch import nn

from reviewlab.nn import (
    ConvolutionEncoder,
    ConvolutionRecurrentEncoder,
)


def test_filters_see_zeros_behind_the_end_and_the_strongest_answer_counts() -> None:
    encoder = ConvolutionEncoder(VOCAB, 6, [1, 3, TIME + 4], 5)  # the last is wider than any review
    expected = []
    for review in reviews():
        vectors = encoder.embedding(review).t()  # [embedding_size, words]
        padded = nn.functional.pad(vectors, (0, TIME + 3))
        answers = [
            convolve(padded[None, :, : len(review) + convolve.kernel_size[0] - 1])[0].amax(1)
            for convolve in encoder.convolutions.filters
        ]
        expected.append(torch.cat(answers).relu())
    torch.testing.assert_close(encoder(IDS, MASK), torch.stack(expected))


def test_the_pooled_lstm_reads_the_maxima_as_one_step() -> None:
    pooled = ConvolutionRecurrentEncoder(VOCAB, 6, [2, 3], 5, 7, pooled=True)
    maxima = ConvolutionEncoder(VOCAB, 6, [2, 3], 5)
    maxima.load_state_dict(pooled.state_dict(), strict=False)
    states, _ = pooled.recurrent.layers[0][0].rnn(maxima(IDS, MASK)[None])
    torch.testing.assert_close(pooled(IDS, MASK), states[0])
