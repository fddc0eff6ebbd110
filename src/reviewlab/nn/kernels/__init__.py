"""Recurrent layers in C, for training and predicting on a CPU.

They have torch's parameters and give its results up to rounding, and compute only the steps that a
review has. The library is an optional part of the installation: without it, and wherever a tensor
is traced or not on a CPU, torch's own layers run.
"""

from reviewlab.nn.kernels.choice import Choice, Kernel, Kind, is_plain
from reviewlab.nn.kernels.chosen import kernel_of, use_kernel
from reviewlab.nn.kernels.columns import Reading
from reviewlab.nn.kernels.layers import GRU, LSTM, RNN
from reviewlab.nn.kernels.library import is_available, widths

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Choice",
    "Kernel",
    "Kind",
    "Reading",
    "is_available",
    "is_plain",
    "kernel_of",
    "use_kernel",
    "widths",
]
