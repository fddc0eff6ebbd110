"""Reviews as they came from their source."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Reviews(NamedTuple):
    """Texts and their labels, in the order of the source.

    texts: one string a review.
    labels: int64 `[reviews]`, each an index into the data module's `label_names`.
    """

    texts: list[str]
    labels: NDArray[np.int64]

    def take(self, indices: NDArray[np.int64]) -> "Reviews":
        """The reviews at `indices`, in that order."""
        return Reviews([self.texts[i] for i in indices.tolist()], self.labels[indices])
