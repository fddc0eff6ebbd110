"""An LSTM whose states are weighed by additive attention."""

import torch
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import align, inside, unalign
from reviewlab.nn.recurrent import RecurrentStack


class AdditiveAttention(nn.Module):
    """Weighs each step for a query, by a small network (Bahdanau et al. 2015)."""

    def __init__(self, query_size: int, step_size: int, attention_size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, attention_size)
        self.key = nn.Linear(step_size, attention_size, bias=False)
        self.score = nn.Linear(attention_size, 1, bias=False)

    def forward(self, query: Tensor, steps: Tensor, lengths: Tensor) -> Tensor:
        """Weights `[batch, time]` of aligned reviews: 0 outside a review, in all 1.

        Args:
            query: `[batch, query_size]`.
            steps: `[batch, time, step_size]`.
            lengths: `[batch]`.
        """
        scores: Tensor = self.score(torch.tanh(self.query(query)[:, None] + self.key(steps)))[
            :, :, 0
        ]
        outside = ~inside(lengths, steps.shape[1])
        return scores.masked_fill(outside, float("-inf")).softmax(1)


class AttentionEncoder(Encoder):
    """The states of an LSTM after every word, weighed with its last state as the query.

    `dropout` acts between layers and on the weighed sum.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        hidden_size: int,
        attention_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        input_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_size)
        self.recurrent = RecurrentStack(
            "lstm",
            embedding_size,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            input_dropout=input_dropout,
        )
        size = self.recurrent.output_size
        self.attention = AdditiveAttention(size, size, attention_size)
        self.dropout = nn.Dropout(dropout)
        self.output_size = size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Features `[batch, output_size]`: the weighted sum of the states."""
        states, weights = self._attend(token_ids, mask)
        features: Tensor = self.dropout((weights[:, None] @ states)[:, 0])
        return features

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Weigh each word, `[batch, time]`, at its place in `token_ids`.

        A row sums to 1, that of an empty review to 0; padding weighs nothing.
        """
        _, weights = self._attend(token_ids, mask)
        return unalign(weights, mask)

    def _attend(self, token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """States `[batch, time, size]` of the aligned reviews and their weights `[batch, time]`."""
        token_ids, lengths = align(token_ids, mask)
        states = self.recurrent(self.embedding(token_ids.t()), lengths)
        weights = self.attention(
            self.recurrent.last(states, lengths), states.transpose(0, 1), lengths
        )
        return states.transpose(0, 1), weights
