"""Effects by occlusion: the loss of evidence when a word is removed. No gradients are needed.

Li, Monroe and Jurafsky 2016, Understanding Neural Networks through Representation Erasure. A word
is left out, and the words after it move up. In a model with weights for each position, this shift
would itself change the evidence; there, a blank replaces the word at its position.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.explaining.gradient import obstacle
from reviewlab.explaining.presence import Places, Presence, word_tables
from reviewlab.explaining.reading import Ids, Reading, together
from reviewlab.models.classifier import ReviewClassifier

Blank = Literal["", "zeros", "padding"]
Key = tuple[int, ...]
"""The parts removed with a word: its ids if the classifier reads a set, else its positions."""
MOST_WORDS = 5_000
"""The largest number of words: the time grows with its square, to about a minute."""
TOKENS_AT_A_TIME = 2**16


def blank(classifier: ReviewClassifier) -> Blank:
    """Return what replaces a removed word; empty if later words move up into its place."""
    if not classifier.encoder.has_positions:
        return ""
    return "zeros" if word_tables(classifier) else "padding"


def occlusion(
    classifier: ReviewClassifier, reading: Reading, label: int
) -> tuple[NDArray[np.float64], float]:
    """Measure how much a class's log odds, or the single output, fall when each word is removed.

    For a classifier that reads a set of words, a word is removed at all its positions at once, and
    the effect is shared equally among these positions. A word that was cut off has no effect.

    Args:
        classifier: the classifier.
        reading: the text, with its words and token ids.
        label: the index of the class.

    Returns:
        The effects, float64 `[words]`, and the log odds for the text without its words.

    Raises:
        InputError: there are too many words.
    """
    keys = [_key(classifier, reading, word.places) for word in reading.words]
    counts = Counter(keys)
    gone = [key for key in counts if key]
    if len(gone) > MOST_WORDS:
        raise InputError(
            f"text: {len(gone):,} words are too many to leave out one by one; allowed:"
            f" at most {MOST_WORDS:,}{_other_method(classifier)}"
        )
    everything = tuple(chain.from_iterable(gone))
    whole, nothing, *left = _left(classifier, reading, [(), everything, *gone], label)
    lost = {key: (whole - value) / counts[key] for key, value in zip(gone, left, strict=True)}
    return np.array([lost.get(key, 0.0) for key in keys]), nothing


def _other_method(classifier: ReviewClassifier) -> str:
    """Return the end of an error message: another method, or why `gradient` is not possible."""
    if classifier.inputs == "ngrams":
        return ", or method=weights"
    reason = obstacle(classifier)
    return f"; method=gradient is not possible: {reason}" if reason else ", or method=gradient"


def _key(classifier: ReviewClassifier, reading: Reading, places: Places) -> Key:
    """Return the ids to remove for a word if the classifier reads a set, or else its positions.

    Args:
        classifier: the classifier.
        reading: the text, with its words and token ids.
        places: the positions of the word's ids in `reading.ids`.
    """
    if not classifier.encoder.reads_a_set:
        return places
    return tuple(sorted({*reading.ids[[*places]].tolist()}))


def _left(
    classifier: ReviewClassifier, reading: Reading, gone: Sequence[Key], label: int
) -> list[float]:
    """Compute a class's log odds after each item of `gone` is removed in turn.

    Args:
        classifier: the classifier.
        reading: the text, with its words and token ids.
        gone: items to remove, each a set of positions or ids.
        label: the index of the class.
    """
    if blank(classifier) == "zeros":
        return _zeroed(Presence(classifier, reading, label), gone)
    return evidence(classifier, [_without(classifier, reading, key) for key in gone], label)


def _without(classifier: ReviewClassifier, reading: Reading, gone: Key) -> Ids:
    if classifier.encoder.reads_a_set:
        return np.setdiff1d(reading.ids, gone)
    if not blank(classifier):
        return np.delete(reading.ids, gone)
    ids = reading.ids.copy()
    ids[[*gone]] = classifier.text_encoder.blanks(ids[[*gone]])
    return ids


@torch.inference_mode()
def _zeroed(presence: Presence, gone: Sequence[Places]) -> list[float]:
    at_a_time = max(1, TOKENS_AT_A_TIME // presence.mask.shape[1])
    values: list[float] = []
    for begin in range(0, len(gone), at_a_time):
        values += presence(presence.without(gone[begin : begin + at_a_time])).tolist()
    return values


@torch.inference_mode()
def evidence(classifier: ReviewClassifier, rows: Sequence[Ids], label: int) -> list[float]:
    """Compute a class's log odds, or the single output, for each of several encoded reviews.

    Args:
        classifier: the classifier.
        rows: each review's ids.
        label: the index of the class.
    """
    corpus = together(rows)
    at_a_time = max(1, TOKENS_AT_A_TIME // max(1, *corpus.lengths.tolist()))
    values: list[float] = []
    for begin in range(0, len(rows), at_a_time):
        numbers = np.arange(begin, min(begin + at_a_time, len(rows)))
        batch = corpus.gather(numbers, classifier.text_encoder)
        outputs = classifier(*batch.inputs)
        values += classifier.objective.evidence(outputs, label).tolist()
    return values
