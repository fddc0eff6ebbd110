"""A text as a classifier reads it: the words that reach the model, and their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.corpus import Corpus
from reviewlab.text.encoder import TextEncoder

Ids = NDArray[np.int32]

NO_WORDS = "this text has no words: the prediction is the one for an empty review"
"""The remark on the prediction for a text without words."""


class ReadWord(NamedTuple):
    """A word of a text, with the ids that reach the model.

    Attributes:
        start: the index of the word's first character in the text.
        end: the index after the word's last character.
        places: the positions of the word's ids among the ids that reach the model; empty if the
            word was cut off.
        known: True if the word is in the vocabulary.
    """

    start: int
    end: int
    places: tuple[int, ...]
    known: bool


@dataclass(frozen=True)
class Reading:
    """A text, its words and the token ids that reach the model.

    Attributes:
        text: the text.
        words: the words of the text, in order.
        ids: the ids that reach the model, int32 `[tokens]`.
    """

    text: str
    words: list[ReadWord]
    ids: Ids

    def spelling(self, word: ReadWord) -> str:
        """Return the word as it is spelt in the text."""
        return self.text[word.start : word.end]


def read(text_encoder: TextEncoder, text: str) -> Reading:
    """Encode and truncate a text as for a prediction, and find each word's ids."""
    ids, _ = text_encoder.encode([text])
    reach = range(len(ids))
    if text_encoder.max_length is not None:
        most = text_encoder.max_length
        reach = reach[:most] if text_encoder.truncation == "post" else reach[-most:]
    words = [
        ReadWord(
            word.start,
            word.end,
            tuple(place - reach.start for place in word.places if place in reach),
            all(ids[place] != text_encoder.oov_id for place in word.places),
        )
        for word in text_encoder.locate(text)
    ]
    return Reading(text, words, ids[reach.start : reach.stop])


def together(rows: Sequence[Ids]) -> Corpus:
    """Combine the ids of several texts into a corpus, from which batches can be gathered."""
    offsets = np.cumsum([0, *map(len, rows)])
    return Corpus.from_arrays(np.concatenate(rows), offsets, np.zeros(len(rows)))
