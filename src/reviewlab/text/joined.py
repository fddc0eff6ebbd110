"""Several text encoders in one, for classifiers whose parts do not read texts alike."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import Learned, Option, PadTo, Side, TextEncoder, Word

Encoded = tuple[NDArray[np.int32], NDArray[np.int64]]
"""Ids of all texts in a row, and where each text begins."""


class JoinedTextEncoder(TextEncoder):
    """Puts the ids that several text encoders give a text in a row, each in a range of its own.

    Id 0 fills. Behind it come the ids of the first encoder, then those of the second, and so on:
    `firsts` says where each range begins. Each encoder's share of a text is cut here, as its own
    layout says; whoever reads the ids fills them up by that layout again.

    It is made of fitted encoders by `join`, and has no yaml: no config chooses it.

    Args:
        max_length, padding, truncation, pad_to, pad_id: of the whole row; not of the parts.
        cleaning: tells whether a text is empty; the parts clean for themselves.
    """

    start_id = None

    def __init__(
        self,
        max_length: PositiveInt | None = None,
        padding: Side = "post",
        truncation: Side = "post",
        pad_to: PadTo = "longest",
        pad_id: NonNegativeInt = 0,
        cleaning: Cleaning | None = None,
    ) -> None:
        super().__init__(max_length, padding, truncation, pad_to, pad_id, cleaning)
        self.encoders: tuple[TextEncoder, ...] = ()

    @classmethod
    def join(cls, encoders: Sequence[TextEncoder]) -> "JoinedTextEncoder":
        """Join encoders that are fitted already; the first one tells which texts are empty."""
        joined = cls(cleaning=encoders[0].cleaning)
        joined.encoders = tuple(encoders)
        return joined

    @property
    def firsts(self) -> list[int]:
        """The first id of each encoder, and behind them the number of ids."""
        sizes = [encoder.vocab_size for encoder in self.encoders]
        return [*accumulate(sizes, initial=1)]

    @property
    def vocab_size(self) -> int:
        """The number of ids of all encoders, and that which fills."""
        return self.firsts[-1]

    def fit(self, texts: Iterable[str]) -> None:
        """Fit every encoder to the same texts."""
        kept = list(texts)
        for encoder in self.encoders:
            encoder.fit(kept)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the ids of all texts, of each text those of the first encoder first."""
        parts = [cut(encoder, *encoder.encode(texts)) for encoder in self.encoders]
        lengths = np.array([np.diff(offsets) for _, offsets in parts])
        offsets = np.concatenate([[0], np.cumsum(lengths.sum(0))])
        begins = offsets[:-1] + np.cumsum(lengths, 0) - lengths
        joined = np.zeros(offsets[-1], np.int32)
        for (ids, starts), begin, first in zip(parts, begins, self.firsts, strict=False):
            places = np.arange(len(ids)) + np.repeat(begin - starts[:-1], np.diff(starts))
            joined[places] = ids + first
        return joined, offsets

    def locate(self, text: str) -> list[Word]:
        """Find the words; those of different encoders that overlap in the text are one."""
        words: list[Word] = []
        for word in sorted(self._words(text)):
            if words and word.start < words[-1].end:
                last = words.pop()
                end = max(last.end, word.end)
                word = Word(last.start, end, (*last.places, *word.places))
            words.append(word)
        return words

    def decode(self, token_ids: Iterable[int]) -> str:
        """Return what each encoder makes of its ids, with a bar between them."""
        ids = np.fromiter(token_ids, np.int64)
        ranges = zip(self.encoders, pairwise(self.firsts), strict=True)
        return " | ".join(
            encoder.decode((ids[(first <= ids) & (ids < end)] - first).tolist())
            for encoder, (first, end) in ranges
        )

    def blanks(self, token_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return what fills in the places of these ids, each in the range of its own encoder."""
        pairs = zip(self.encoders, self.firsts, strict=False)
        blanks = np.array([0, *(first + encoder.pad_id for encoder, first in pairs)], np.int32)
        return blanks[np.searchsorted(self.firsts, token_ids, "right")]

    def options(self) -> dict[str, Option]:
        """Return nothing: the ids follow from the encoders alone."""
        return {}

    def learned(self) -> Learned:
        """Return the states of the encoders, as one text."""
        return {"encoders": json.dumps([encoder.state() for encoder in self.encoders])}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Rebuild the encoders from their states."""
        from reviewlab.text.state import from_state  # which knows this class

        self.encoders = tuple(map(from_state, json.loads(learned["encoders"])))

    def _words(self, text: str) -> Iterator[Word]:
        """Yield every encoder's words, with the places that are left of theirs in the row."""
        begin = 0
        for encoder in self.encoders:
            ids, offsets = encoder.encode([text])
            left = len(cut(encoder, ids, offsets)[0])
            dropped = len(ids) - left if encoder.truncation == "pre" else 0
            for start, end, places in encoder.locate(text):
                kept = (place - dropped for place in places)
                yield Word(start, end, tuple(begin + place for place in kept if 0 <= place < left))
            begin += left


def cut(encoder: TextEncoder, ids: NDArray[np.int32], offsets: NDArray[np.int64]) -> Encoded:
    """Cut each text as the layout of its encoder says."""
    if encoder.max_length is None:
        return ids, offsets
    lengths = np.minimum(np.diff(offsets), encoder.max_length)
    begins = offsets[:-1] if encoder.truncation == "post" else offsets[1:] - lengths
    starts = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(starts[-1]) + np.repeat(begins - starts[:-1], lengths)
    return ids[places], starts
