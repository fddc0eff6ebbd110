"""torch's recurrent layers, which run the compiled kernel if they are given a `Reading`."""

from typing import Any

import torch
from torch import Tensor, nn

from reviewlab.nn.kernels.cells import CELLS
from reviewlab.nn.kernels.columns import Reading
from reviewlab.nn.kernels.evaluation import evaluate
from reviewlab.nn.kernels.inputs import Words
from reviewlab.nn.kernels.recurrence import Recurrence, Run


class Layer(nn.RNNBase):
    """A recurrent layer of torch, in one direction, that the compiled kernel can also compute.

    Subclasses add no parameters, so that the same checkpoints fit torch's layers.
    """

    cell: str

    def forward(
        self,
        input: Tensor,  # noqa: A002 - torch's name
        hx: Any = None,
        reading: Reading | None = None,
        words: Words | None = None,
    ) -> tuple[Tensor, Any]:
        """Return the states, and the last state, None with the compiled kernel.

        The states are those of all steps; with `reading.ends`, of the reviews' ends only.

        Args:
            input: `[time, batch, size]`; with `words`, a table `[words, size]`.
            hx: the initial state, as in torch; None for 0.
            reading: the batch as the kernel reads it; None runs torch's layer.
            words: the rows to look up in `input`; only with the compiled kernel.
        """
        if reading is None:
            output: tuple[Tensor, Any] = super().forward(input, hx)
            return output
        run = Run(CELLS[self.cell], reading.width, reading.columns, reading.ends, words)
        weight = None if "weight_ih_l0" in self._buffers else self.weight_ih_l0
        biases = (self.bias_ih_l0, self.bias_hh_l0) if self.bias else (None, None)
        initial = None if hx is None else torch.cat(hx if isinstance(hx, tuple) else (hx,))
        arguments = (weight, self.weight_hh_l0, *biases, initial)
        if not torch.is_grad_enabled():
            return evaluate(run, input, *arguments), None
        states: Tensor = Recurrence.apply(run, input, *arguments)[0]  # type: ignore[no-untyped-call]
        return states, None


class LSTM(Layer, nn.LSTM):  # type: ignore[misc]
    """Long short-term memory."""

    cell = "lstm"


class GRU(Layer, nn.GRU):  # type: ignore[misc]
    """Gated recurrent units, the same as those of Keras with `reset_after`."""

    cell = "gru"


class RNN(Layer, nn.RNN):  # type: ignore[misc]
    """Plain recurrent units with tanh."""

    cell = "rnn"
