"""Several text encoders in one, for classifiers whose members encode texts differently."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import Learned, Option, PadTo, Side, TextEncoder, Word

Encoded = tuple[NDArray[np.int32], NDArray[np.int64]]
"""Concatenated ids of all texts, `[tokens]`, and their offsets, `[texts + 1]`."""


class JoinedTextEncoder(TextEncoder):
    """Concatenates the ids from several text encoders, each encoder's in a separate range.

    Id 0 is padding. After it come the ids of the first encoder, then those of the second, and so
    on; `firsts` lists where each range begins. The ids from each encoder are truncated here, as its
    options specify. The model separates them again, and pads them as the same options specify.

    It is built by `join` from fitted encoders. No config selects it, so it has no yaml file.

    Args:
        max_length: maximum number of ids per review, from all encoders together; None for no limit.
        padding: the side on which the joined ids are padded.
        truncation: the side on which the joined ids are cut.
        pad_to: `longest` pads to the longest review of a batch, `max_length` always to that length.
        pad_id: the id that pads the joined ids.
        cleaning: steps that decide whether a text is empty; each encoder does its own cleaning.
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
        """Join fitted encoders; the cleaning of the first one decides which texts are empty."""
        joined = cls(cleaning=encoders[0].cleaning)
        joined.encoders = tuple(encoders)
        return joined

    @property
    def firsts(self) -> list[int]:
        """The first id of each encoder, followed by the total number of ids."""
        sizes = [encoder.vocab_size for encoder in self.encoders]
        return [*accumulate(sizes, initial=1)]

    @property
    def vocab_size(self) -> int:
        """Total number of ids from all encoders, plus one for padding."""
        return self.firsts[-1]

    def fit(self, texts: Iterable[str]) -> None:
        """Fit every encoder to the same texts."""
        texts = list(texts)  # an iterator can be read only once
        for encoder in self.encoders:
            encoder.fit(texts)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the concatenated ids of all texts, and their offsets.

        The ids of a text are in the order of the encoders.
        """
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
        """Find the words of the text; overlapping words of different encoders become one."""
        words: list[Word] = []
        for word in sorted(self._words(text)):
            if words and word.start < words[-1].end:
                last = words.pop()
                end = max(last.end, word.end)
                word = Word(last.start, end, (*last.places, *word.places))
            words.append(word)
        return words

    def decode(self, token_ids: Iterable[int]) -> str:
        """Return the text that each encoder decodes from its ids, separated by bars."""
        ids = np.fromiter(token_ids, np.int64)
        ranges = zip(self.encoders, pairwise(self.firsts), strict=True)
        return " | ".join(
            encoder.decode((ids[(first <= ids) & (ids < end)] - first).tolist())
            for encoder, (first, end) in ranges
        )

    def blanks(self, token_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Replace each id with the padding id of its encoder."""
        pairs = zip(self.encoders, self.firsts, strict=False)
        blanks = np.array([0, *(first + encoder.pad_id for encoder, first in pairs)], np.int32)
        return blanks[np.searchsorted(self.firsts, token_ids, "right")]

    def options(self) -> dict[str, Option]:
        """Return an empty dictionary: the ids depend on the encoders alone."""
        return {}

    def learned(self) -> Learned:
        """Return the states of the encoders as one string."""
        return {"encoders": json.dumps([encoder.state() for encoder in self.encoders])}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Rebuild the encoders from their states."""
        from reviewlab.text.state import from_state  # here, since it imports this module

        self.encoders = tuple(map(from_state, json.loads(learned["encoders"])))

    def _words(self, text: str) -> Iterator[Word]:
        """Yield the words of every encoder, and the positions of their ids in the joined ids.

        Ids that are cut have no position.
        """
        begin = 0
        for encoder in self.encoders:
            ids, offsets = encoder.encode([text])
            length = len(cut(encoder, ids, offsets)[0])
            dropped = len(ids) - length if encoder.truncation == "pre" else 0
            for start, end, places in encoder.locate(text):
                own = (place - dropped for place in places)
                yield Word(start, end, tuple(begin + place for place in own if 0 <= place < length))
            begin += length


def cut(encoder: TextEncoder, ids: NDArray[np.int32], offsets: NDArray[np.int64]) -> Encoded:
    """Truncate each text as the encoder's `max_length` and `truncation` specify.

    Args:
        encoder: the encoder of the ids.
        ids: concatenated ids of all texts, `[tokens]`.
        offsets: start of each text in `ids`, `[texts + 1]`.
    """
    if encoder.max_length is None:
        return ids, offsets
    lengths = np.minimum(np.diff(offsets), encoder.max_length)
    begins = offsets[:-1] if encoder.truncation == "post" else offsets[1:] - lengths
    starts = np.concatenate([[0], np.cumsum(lengths)])
    places = np.arange(starts[-1]) + np.repeat(begins - starts[:-1], lengths)
    return ids[places], starts
