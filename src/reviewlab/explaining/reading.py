"""A text as a classifier reads it: which of its words reach the model, and as which ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.corpus import Corpus
from reviewlab.text.encoder import TextEncoder

Ids = NDArray[np.int32]

NO_WORDS = "there is no word in this text: the answer is that to an empty review"
"""The remark on the answer to such a text."""


class ReadWord(NamedTuple):
    """A word of a text, and what the model gets of it.

    start, end: where it stands in the text.
    places: of its ids among those that reach the model; none where it was cut off.
    known: whether it is in the vocabulary.
    """

    start: int
    end: int
    places: tuple[int, ...]
    known: bool


@dataclass(frozen=True)
class Reading:
    """A text, its words, and the ids `[tokens]` that reach the model."""

    text: str
    words: list[ReadWord]
    ids: Ids

    def spelling(self, word: ReadWord) -> str:
        """The word as it was typed."""
        return self.text[word.start : word.end]


def read(text_encoder: TextEncoder, text: str) -> Reading:
    """Encode and cut `text` as for prediction, and keep track of its words."""
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
    """Rows of ids as a corpus, from which batches are gathered."""
    offsets = np.cumsum([0, *map(len, rows)])
    return Corpus.from_arrays(np.concatenate(rows), offsets, np.zeros(len(rows)))
