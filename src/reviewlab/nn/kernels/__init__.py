"""Recurrent layers in C, for training and predicting on a CPU.

They have the same parameters as torch's layers and give the same results up to rounding, but do not
compute padding. The compiled library is optional: torch's own layers run if it is not installed, or
if a tensor is traced or not on a CPU.
"""

from reviewlab.nn.kernels.choice import Choice, Kernel, Kind, is_plain
from reviewlab.nn.kernels.chosen import kernel_of, use_kernel
from reviewlab.nn.kernels.columns import Reading, align, reviews_at_once
from reviewlab.nn.kernels.inputs import Words
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
    "Words",
    "align",
    "is_available",
    "is_plain",
    "kernel_of",
    "reviews_at_once",
    "use_kernel",
    "widths",
]
