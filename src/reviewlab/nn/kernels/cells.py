"""The kinds of recurrent layers that the library computes."""

from typing import NamedTuple


class Cell(NamedTuple):
    """A kind of layer that the library computes, and how many matrix rows it needs per unit.

    Attributes:
        name: name of the cell in the library's function names.
        gates: rows of `weight_ih` per unit.
        kept: rows per unit that the forward pass writes for the backward pass.
        deltas: rows of gradients per unit.
        states: rows of working memory per unit in the forward pass.
    """

    name: str
    gates: int
    kept: int
    deltas: int
    states: int


CELLS = {
    "lstm": Cell("lstm", gates=4, kept=6, deltas=4, states=2),
    "gru": Cell("gru", gates=3, kept=4, deltas=4, states=1),
    "rnn": Cell("rnn", gates=1, kept=1, deltas=1, states=1),
}
