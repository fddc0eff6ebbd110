"""How long reviews are, and how many are cut before a model reads them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reviewlab.describing.description import LengthFacts, Lengths
from reviewlab.text.encoder import TextEncoder


def measure_lengths(texts: Sequence[str], encoder: TextEncoder) -> Lengths:
    """Measure the lengths of all texts.

    Args:
        texts: of the reviews; at least one.
        encoder: fitted.
    """
    words = np.array([len(text.split()) for text in texts], np.int64)
    tokens = np.diff(encoder.encode(texts)[1])
    most = encoder.max_length
    cut = 0 if most is None else int(np.count_nonzero(tokens > most))
    return Lengths(_summarise(words), _summarise(tokens), most, cut, cut / len(tokens))


def _summarise(lengths: NDArray[np.int64]) -> LengthFacts:
    median, percentile_95 = np.percentile(lengths, [50, 95]).tolist()
    return LengthFacts(float(lengths.mean()), median, percentile_95, int(lengths.max()))
