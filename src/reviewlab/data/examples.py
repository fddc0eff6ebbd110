"""The examples of one split, with their labels and where they came from."""

import numpy as np
from numpy.typing import NDArray


class Examples:
    """The labels, places and groups of the examples of a split; a subclass adds its inputs.

    Args:
        labels: int64 `[examples]`.
        places: int64 `[examples]`, index of each example in the source; None for 0, 1, 2 and so on.
        groups: int64 `[examples]`, number of each example's group; None without groups.
        texts: int64 `[examples]`, a number that examples with the same text share; None if no text
            is repeated, and for training examples and images.
    """

    def __init__(
        self,
        labels: NDArray[np.int64],
        places: NDArray[np.int64] | None = None,
        groups: NDArray[np.int64] | None = None,
        texts: NDArray[np.int64] | None = None,
    ) -> None:
        self.labels = labels
        self.places = np.arange(len(labels)) if places is None else places
        self.groups = groups
        self.texts = texts

    def __len__(self) -> int:
        return len(self.labels)
