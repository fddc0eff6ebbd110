"""An LSTM whose states are weighted by additive attention."""

import torch
from torch import Tensor, nn

from reviewlab.nn import kernels
from reviewlab.nn.encoder import Encoder
from reviewlab.nn.padding import inside, unalign
from reviewlab.nn.recurrent import RecurrentStack


class AdditiveAttention(nn.Module):
    """Score each step against a query with a small network (Bahdanau et al. 2015).

    Args:
        query_size: width of the query.
        step_size: width of each step.
        attention_size: width of the network's hidden layer.
    """

    def __init__(self, query_size: int, step_size: int, attention_size: int) -> None:
        super().__init__()
        self.query = nn.Linear(query_size, attention_size)
        self.key = nn.Linear(step_size, attention_size, bias=False)
        self.score = nn.Linear(attention_size, 1, bias=False)

    def forward(self, query: Tensor, steps: Tensor, lengths: Tensor) -> Tensor:
        """Return the attention weights of left-aligned reviews.

        Args:
            query: `[batch, query_size]`.
            steps: `[batch, time, step_size]`.
            lengths: `[batch]`.

        Returns:
            Weights `[batch, time]`; each row sums to 1 and is 0 beyond the end of its review.
        """
        scores: Tensor = self.score(torch.tanh(self.query(query)[:, None] + self.key(steps)))[
            :, :, 0
        ]
        outside = ~inside(lengths, steps.shape[1])
        return scores.masked_fill(outside, float("-inf")).softmax(1)


class AttentionEncoder(Encoder):
    """The states of an LSTM, weighted by attention with its last state as the query.

    Args:
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        hidden_size: width of the LSTM's state in each direction.
        attention_size: width of the network that scores a state against the query.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        dropout: dropout rate between layers and on the weighted sum.
        input_dropout: dropout rate on each layer's input, with one mask for all steps of a review.
        kernel: "torch" for torch's layers, "compiled", or "auto" for the faster one.
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
        kernel: kernels.Kernel = "auto",
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
            kernel=kernel,
        )
        size = self.recurrent.output_size
        self.attention = AdditiveAttention(size, size, attention_size)
        self.dropout = nn.Dropout(dropout)
        self.output_size = size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`: the weighted sum of the states."""
        states, weights = self._attend(token_ids, mask)
        features: Tensor = self.dropout((weights[:, None] @ states)[:, 0])
        return features

    def attention_weights(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return each word's attention weight, `[batch, time]`, in the layout of `token_ids`.

        A row sums to 1, or to 0 for an empty review; padding has weight 0.
        """
        _, weights = self._attend(token_ids, mask)
        return unalign(weights, mask)

    def _attend(self, token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return states `[batch, time, size]` and weights `[batch, time]`, left-aligned."""
        token_ids, lengths = self.recurrent.align(token_ids, mask)
        states = self.recurrent.read_words(self.embedding, token_ids, lengths)
        weights = self.attention(
            self.recurrent.last(states, lengths), states.transpose(0, 1), lengths
        )
        return states.transpose(0, 1), weights
