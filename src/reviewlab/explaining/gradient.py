"""Effects by integrated gradients, along a path from a text without words to the whole text.

Sundararajan, Taly and Yan 2017, Axiomatic Attribution for Deep Networks; computed by captum. As
they propose for texts, the baseline has word vectors of zeros. The path scales all vectors by one
number from 0 to 1. The gradient is taken with respect to each word's presence, the factor that
scales its vector: this sums over the vector's elements at once, and works wherever in the network
word vectors are looked up.
"""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reviewlab.exceptions import InputError
from reviewlab.explaining.presence import Presence, word_tables
from reviewlab.explaining.reading import Reading
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.ensemble import EnsembleClassifier

STEPS = (64, 128, 256, 512, 1024, 2048, 4096)
TOLERANCE = 0.01
"""Allowed error of the sum of the effects, relative to the sum of their absolute values."""
TOKENS_AT_A_TIME = 2**14

MISSING = "captum is not installed: pip install 'reviewlab[explain]'"


class Gradients(NamedTuple):
    """The effects that `integrated_gradients` measures.

    Attributes:
        effects: float64 `[words]`; 0 for a word that was cut off.
        without: the class's log odds, or the single output, for the text without its words.
        gap: how far the sum of the effects falls short of the change from `without` to the value
            with all words.
    """

    effects: NDArray[np.float64]
    without: float
    gap: float


def obstacle(classifier: ReviewClassifier) -> str:
    """Return a clause that says why gradients cannot explain a classifier; empty if they can."""
    name = type(classifier).__name__
    if not word_tables(classifier):
        if isinstance(classifier, EnsembleClassifier):
            return "the members of this ensemble do not all have word vectors for the same ids"
        reads = "only which words occur" if classifier.encoder.reads_a_set else "ids as numbers"
        return f"this {name} reads {reads}, and has no word vectors to compute gradients for"
    try:
        import captum.attr  # noqa: F401 - takes seconds, and may be missing
    except ImportError:
        return MISSING
    return ""


def integrated_gradients(classifier: ReviewClassifier, reading: Reading, label: int) -> Gradients:
    """Measure what each word adds to a class's log odds, or to the single output.

    The number of integration steps is increased until the effects add up closely enough.

    Args:
        classifier: the classifier, on the CPU.
        reading: the text, with its words and token ids.
        label: the index of the class.

    Raises:
        InputError: this method cannot explain the classifier; see `obstacle`.
    """
    if reason := obstacle(classifier):
        others = "weights, occlusion" if classifier.inputs == "ngrams" else "occlusion"
        raise InputError(f"method: 'gradient' is not possible: {reason}; allowed: {others}")
    evidence = Presence(classifier, reading, label)
    none = evidence.none()
    with torch.no_grad():
        without = float(evidence(none))
        difference = float(evidence(torch.ones_like(none))) - without
    _, by_place = min(_attempts(evidence, none, difference), key=itemgetter(0))
    effects = np.array([float(by_place[columns].sum()) for columns in evidence.columns])
    return Gradients(effects, without, difference - float(by_place.sum()))


def _attempts(
    evidence: Presence, none: Tensor, difference: float
) -> Iterator[tuple[float, Tensor]]:
    """Compute effects with more and more integration steps, until they add up to `difference`.

    Gradients are taken at the midpoints of the steps. Gauss-Legendre points would need fewer, but
    computing 4,096 of them takes half a minute.

    Args:
        evidence: function from the factors that scale the word vectors to the class's log odds.
        none: the factors for a text without words, `[1, time]`.
        difference: the sum that the effects should have.

    Yields:
        The error of the sum, relative to the sum of absolute effects, and the effects `[time]`.
    """
    from captum.attr import IntegratedGradients

    at_a_time = max(1, TOKENS_AT_A_TIME // none.shape[1])
    for steps in STEPS:
        attribution = (
            IntegratedGradients(evidence)
            .attribute(
                torch.ones_like(none),
                none,
                n_steps=steps,
                method="riemann_middle",
                internal_batch_size=at_a_time,
            )[0]
            .double()
        )
        missing = abs(difference - float(attribution.sum())) / (
            float(attribution.abs().sum()) or 1.0
        )
        yield missing, attribution
        if missing <= TOLERANCE:
            return
