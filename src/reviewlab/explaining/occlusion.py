"""Shares by occlusion: what the answer loses when a word is left out. Needs no gradient.

Li, Monroe and Jurafsky 2016, Understanding Neural Networks through Representation Erasure.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.errors import InputError
from reviewlab.explaining.reading import Ids, Reading, together
from reviewlab.models.classifier import ReviewClassifier

MOST_WORDS = 5_000
"""The time grows with the square of the words: so many take about a minute."""
TOKENS_AT_A_TIME = 2**16


def occlusion(
    classifier: ReviewClassifier, reading: Reading, label: int
) -> tuple[NDArray[np.float64], float]:
    """What the evidence for `label` loses with each word, `[words]`, and what is left without any.

    To a classifier that reads a set a word is gone only when all of its places are: what is lost
    then is shared by these. A word that was not read loses nothing.

    Raises:
        InputError: there are too many words.
    """
    read = [word for word in reading.words if word.places]
    if len(read) > MOST_WORDS:
        raise InputError(
            f"text: {len(read):,} words are too many to leave out one after the other;"
            f" at most {MOST_WORDS:,}, or method=gradient"
        )
    ids = [tuple(reading.ids[[*word.places]].tolist()) for word in reading.words]
    keys = ids if classifier.encoder.reads_a_set else [word.places for word in reading.words]
    counts = Counter(keys)
    places = dict.fromkeys(keys)
    rows = [_without(classifier, reading, key) for key in places]
    everything = [place for word in read for place in word.places]
    whole, nothing, *left = evidence(
        classifier, [reading.ids, np.delete(reading.ids, everything), *rows], label
    )
    lost = {key: (whole - value) / counts[key] for key, value in zip(places, left, strict=True)}
    return np.array([lost[key] if key else 0.0 for key in keys]), nothing


@torch.inference_mode()
def evidence(classifier: ReviewClassifier, rows: Sequence[Ids], label: int) -> list[float]:
    """What speaks for `label` in reviews of these ids."""
    corpus = together(rows)
    at_a_time = max(1, TOKENS_AT_A_TIME // max(1, *corpus.lengths.tolist()))
    found: list[float] = []
    for begin in range(0, len(rows), at_a_time):
        numbers = np.arange(begin, min(begin + at_a_time, len(rows)))
        batch = corpus.gather(numbers, classifier.text_encoder)
        outputs = classifier(batch.token_ids, batch.mask)
        found += classifier.objective.evidence(outputs, label).tolist()
    return found


def _without(classifier: ReviewClassifier, reading: Reading, key: tuple[int, ...]) -> Ids:
    """The ids left when the word is gone that `key` names, by its places or, in a set, its ids."""
    if classifier.encoder.reads_a_set:
        return reading.ids[~np.isin(reading.ids, key)]
    return np.delete(reading.ids, key)
