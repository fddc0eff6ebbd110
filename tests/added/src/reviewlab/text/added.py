"""Letters as tokens."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import Learned, Option, PadTo, Side, TextEncoder, Word

LETTERS, SPECIAL = 250, 4


class AddedEncoder(TextEncoder):
    """One id per letter; nothing is learned."""

    def __init__(
        self,
        start_id: NonNegativeInt | None = 1,
        pad_id: NonNegativeInt = 0,
        max_length: PositiveInt | None = None,
        padding: Side = "post",
        truncation: Side = "post",
        pad_to: PadTo = "longest",
        cleaning: Cleaning | None = None,
    ) -> None:
        super().__init__(max_length, padding, truncation, pad_to, pad_id, cleaning)
        self.start_id = start_id

    @property
    def vocab_size(self) -> int:
        """The number of letters and special ids."""
        return LETTERS + SPECIAL

    def fit(self, texts: Iterable[str]) -> None:
        """Learn nothing."""

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the ids of the letters of all texts, and the offsets of the texts."""
        begin = [] if self.start_id is None else [self.start_id]
        ids = [
            [*begin, *(SPECIAL + ord(letter) % LETTERS for letter in text)]
            for text in self.cleaning.apply_to(texts)
        ]
        starts = np.cumsum([0, *map(len, ids)], dtype=np.int64)
        return np.array([number for one in ids for number in one], dtype=np.int32), starts

    def locate(self, text: str) -> list[Word]:
        """Return each letter as a word."""
        begin = 0 if self.start_id is None else 1
        return [Word(place, place + 1, (place + begin,)) for place in range(len(text))]

    def decode(self, token_ids: Iterable[int]) -> str:
        """Return the letters of ids."""
        return "".join(chr(number - SPECIAL) for number in token_ids if number >= SPECIAL)

    def options(self) -> dict[str, Option]:
        """Return the options that change the ids."""
        return {"start_id": self.start_id}

    def learned(self) -> Learned:
        """Return nothing, as nothing is learned."""
        return {}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore nothing."""
