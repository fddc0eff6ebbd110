"""Byte pairs: pieces of words, learned from the texts; no text is out of vocabulary."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import (
    FingerprintOptions,
    Learned,
    Option,
    PadTo,
    Side,
    TextEncoder,
    Word,
)
from reviewlab.text.normalisation import without_surrogates

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BYTES = 256


class BPEEncoder(TextEncoder):
    """Starts from the 256 bytes and joins the commonest neighbours until there are `num_tokens`.

    The text is cut into words first (a word keeps the space before it), so that no token reaches
    over two words. Whatever the text, its ids decode to it again, cleaning apart.

    Source: Sennrich et al. 2016, byte-level as in GPT-2; trained by Hugging Face's `tokenizers`.

    Args:
        num_tokens: how many ids there are at most, bytes and special ids included. Fewer come out
            where the texts have nothing more to join.
        start_id: put before the first token of every review; None for nothing.
        pad_id: fills short reviews.
        max_length: tokens of a review that reach the model, the start id included; None for all.
        padding: the side that is filled.
        truncation: the side that is cut.
        pad_to: fill to the longest review of the batch or always to `max_length`.
        cleaning: steps before anything else.
    """

    def __init__(
        self,
        num_tokens: Annotated[int, Ge(_BYTES + 2)] = 8000,
        start_id: NonNegativeInt | None = 1,
        pad_id: NonNegativeInt = 0,
        max_length: PositiveInt | None = None,
        padding: Side = "post",
        truncation: Side = "post",
        pad_to: PadTo = "longest",
        cleaning: Cleaning | None = None,
    ) -> None:
        super().__init__(max_length, padding, truncation, pad_to, pad_id, cleaning)
        if start_id == pad_id:
            raise InputError(f"data.text.start_id: {start_id} is data.text.pad_id too")
        self.num_tokens = num_tokens
        self.start_id = start_id
        # Special ids are not the tokenizer's: a review that spells one out must stay plain text.
        self._first = max(pad_id, -1 if start_id is None else start_id) + 1
        if num_tokens < _BYTES + self._first:
            raise InputError(
                f"data.text.num_tokens: {num_tokens} leaves no room for the {_BYTES} bytes behind"
                f" the special ids; at least {_BYTES + self._first}"
            )
        self._tokenizer: Tokenizer | None = None

    @property
    def vocab_size(self) -> int:
        """Special ids, bytes and joined pairs."""
        return self._first + int(self._fitted.get_vocab_size())

    def fit(self, texts: Iterable[str]) -> None:
        """Learn which pairs to join."""
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=self.num_tokens - self._first,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        sound = map(without_surrogates, self.cleaning.apply_to(texts))
        tokenizer.train_from_iterator(sound, trainer)
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the ids of all texts one after the other, and where each begins."""
        start = [] if self.start_id is None else [self.start_id - self._first]
        encodings = self._fitted.encode_batch_fast(
            [without_surrogates(text) for text in self.cleaning.apply_to(texts)]
        )
        rows = [np.array(start + encoding.ids, np.int32) for encoding in encodings]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        return np.concatenate([np.zeros(0, np.int32), *rows]) + np.int32(self._first), offsets

    def locate(self, text: str) -> list[Word]:
        """Put the pieces of each word together, without the white space that it begins with."""
        cleaned, origins = self.cleaning.traced(text)
        encoding = self._fitted.encode(without_surrogates(cleaned))
        first = 0 if self.start_id is None else 1
        words = []
        for _, pieces in groupby(range(len(encoding.ids)), encoding.word_ids.__getitem__):
            places = [*pieces]
            start, end = encoding.offsets[places[0]][0], encoding.offsets[places[-1]][1]
            start = end - len(cleaned[start:end].lstrip() or cleaned[start:end])
            span = (origins[start], self.cleaning.word_end(text, origins[end - 1] + 1))
            words.append(Word(*span, tuple(first + place for place in places)))
        return words

    def decode(self, token_ids: Iterable[int]) -> str:
        """Return the text; special ids are left out."""
        return str(self._fitted.decode([i - self._first for i in token_ids if i >= self._first]))

    def options(self) -> dict[str, Option]:
        """Return the constructor's arguments that change the ids."""
        return {"num_tokens": self.num_tokens, "start_id": self.start_id}

    def fingerprint_options(self) -> FingerprintOptions:
        """Add what else moves the ids: the version that trains, and the first id of a byte."""
        options = super().fingerprint_options()
        return {**options, "tokenizers": version("tokenizers"), "first": self._first}

    def learned(self) -> Learned:
        """Return the tokenizer, in its own JSON."""
        return {"tokenizer": self._fitted.to_str()}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Take over the learned pairs."""
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(learned["tokenizer"])

    @property
    def _fitted(self) -> "Tokenizer":
        if self._tokenizer is None:
            raise RuntimeError("fit or restore comes first")
        return self._tokenizer
