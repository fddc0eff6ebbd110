"""A recurrent network over a single step, which the study notes treat as a sequence model."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from reviewlab.nn.encoder import Encoder
from reviewlab.nn.mlp import MeanEmbedding
from reviewlab.nn.recurrent import RecurrentStack


class BagRecurrentEncoder(Encoder):
    """LSTM layers that read the mean of a review's word vectors as a single step.

    No state is ever carried to a second step, and word order is lost.

    Args:
        vocab_size: number of token ids.
        embedding_size: length of a word vector.
        hidden_size: width of the LSTM's state in each direction.
        num_layers: number of LSTM layers.
        bidirectional: read in both directions.
        dropout: dropout rate between layers and after the last.
        extra_linear: put a linear layer of `hidden_size` before the head, with no activation in
            between; it adds parameters but nothing that a single layer could not express.
        mask_padding: leave padding out of the mean.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        dropout: float = 0.0,
        extra_linear: bool = False,
        mask_padding: bool = True,
    ) -> None:
        super().__init__()
        self.mean = MeanEmbedding(vocab_size, embedding_size, mask_padding)
        self.reads_padding = self.mean.reads_padding
        self.recurrent = RecurrentStack(
            "lstm",
            embedding_size,
            hidden_size,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout,
            kernel="torch",  # a single step gains nothing from the compiled kernel
        )
        freeze_recurrent_kernels(self.recurrent)
        self.dropout = nn.Dropout(dropout)
        size = self.recurrent.output_size
        self.linear = nn.Linear(size, hidden_size) if extra_linear else nn.Identity()
        self.output_size = hidden_size if extra_linear else size

    def forward(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Return features `[batch, output_size]`."""
        states = over_one_step(self.recurrent, self.mean(token_ids, mask))
        features: Tensor = self.linear(self.dropout(states))
        return features


def freeze_recurrent_kernels(recurrent: RecurrentStack) -> None:
    """Freeze the recurrent kernels: in a single step they only multiply the initial zero state."""
    for name, weight in recurrent.named_parameters():
        if "weight_hh" in name:
            weight.requires_grad_(False)


def over_one_step(recurrent: RecurrentStack, vectors: Tensor) -> Tensor:
    """Read each vector as a sequence of one step: `[batch, size]` to `[batch, output_size]`.

    torch's layer also multiplies the zero state by the recurrent kernel, which doubles its time.

    Args:
        recurrent: a stack of LSTM layers.
        vectors: one vector for each review.
    """
    if recurrent.kernel.kind == "compiled":  # by `model.kernel`, never by itself
        one = torch.ones(len(vectors), dtype=torch.int64, device=vectors.device)
        through_layers: Tensor = recurrent(vectors[None], one)
        return through_layers[0]
    for number, readers in enumerate(recurrent.layers):
        if number > 0:
            vectors = recurrent.dropout(vectors)
        lstms = (reader.rnn for reader in readers.children())
        states = [first_state(lstm, vectors) for lstm in lstms]  # type: ignore[arg-type]
        vectors = torch.cat(states, 1)
    return vectors


def first_state(lstm: nn.LSTM, inputs: Tensor) -> Tensor:
    """Return an LSTM layer's state after its first step, `[batch, hidden_size]`.

    The memory cell is empty before this step, so there is nothing for the forget gate to scale.

    Args:
        lstm: a single layer in one direction.
        inputs: `[batch, input_size]`.
    """
    input_kernel, _, input_bias, recurrent_bias = lstm.all_weights[0]
    gates = F.linear(inputs, input_kernel, input_bias + recurrent_bias)
    admitted, _, candidate, output = gates.chunk(4, 1)
    memory = admitted.sigmoid() * candidate.tanh()
    return output.sigmoid() * memory.tanh()
