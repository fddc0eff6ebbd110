"""Byte-pair encoding: subwords learned from the texts; nothing is out of vocabulary."""

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
from reviewlab.text.tokenizer_failures import failures_refused
from reviewlab.text.tokenizer_file import parse_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_BYTES = 256

_SUBJECT = "data.text: the tokenizer"


class BPEEncoder(TextEncoder):
    """Starts from the 256 bytes and merges frequent pairs until there are `num_tokens` ids.

    The text is split into words first (a word keeps the space before it), so no token spans two
    words. The ids of any text decode to the same text, apart from cleaning.

    Source: Sennrich et al. 2016, byte-level as in GPT-2; trained by Hugging Face's `tokenizers`.

    Args:
        num_tokens: maximum number of ids, including bytes and special ids. There are fewer if the
            texts have no more pairs to merge.
        start_id: id put before the first token of every review; None for no such id.
        pad_id: the id that pads short reviews.
        max_length: maximum number of tokens per review, the start id included; None for no limit.
        padding: the side that is padded: `pre` for the beginning, `post` for the end.
        truncation: the side that is cut: `pre` for the beginning, `post` for the end.
        pad_to: `longest` pads to the longest review of a batch, `max_length` always to that length.
        cleaning: steps applied to a text before anything else; None for none.

    Raises:
        InputError: `start_id` equals `pad_id`, or `num_tokens` leaves no room for the 256 bytes.
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
            raise InputError(
                f"data.text.start_id: {start_id} is also data.text.pad_id; they have to differ"
            )
        self.num_tokens = num_tokens
        self.start_id = start_id
        # The tokenizer has no special tokens: a review that spells one out must stay plain text.
        self._first = max(pad_id, -1 if start_id is None else start_id) + 1
        if num_tokens < _BYTES + self._first:
            raise InputError(
                f"data.text.num_tokens: {num_tokens} leaves no room for the {_BYTES} bytes after"
                f" the special ids; allowed: at least {_BYTES + self._first}"
            )
        self._tokenizer: Tokenizer | None = None

    @property
    def vocab_size(self) -> int:
        """Number of special ids, bytes and merged pairs."""
        return self._first + int(self._fitted.get_vocab_size())

    def fit(self, texts: Iterable[str]) -> None:
        """Learn which pairs to merge."""
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=self.num_tokens - self._first,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        encodable = map(without_surrogates, self.cleaning.apply_to(texts))
        tokenizer.train_from_iterator(encodable, trainer)
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the concatenated ids of all texts, and their offsets."""
        start = [] if self.start_id is None else [self.start_id - self._first]
        encodable = [without_surrogates(text) for text in self.cleaning.apply_to(texts)]
        tokenizer = self._fitted
        with failures_refused(f"{_SUBJECT} cannot encode a text"):
            encodings = tokenizer.encode_batch_fast(encodable)
        rows = [np.array(start + encoding.ids, np.int32) for encoding in encodings]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        return np.concatenate([np.zeros(0, np.int32), *rows]) + np.int32(self._first), offsets

    def locate(self, text: str) -> list[Word]:
        """Find the words of the text, without the white space before them, and their tokens."""
        cleaned, origins = self.cleaning.traced(text)
        tokenizer = self._fitted
        with failures_refused(f"{_SUBJECT} cannot encode a text"):
            encoding = tokenizer.encode(without_surrogates(cleaned))
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
        """Return the text, without the special ids."""
        tokenizer, ids = self._fitted, [i - self._first for i in token_ids if i >= self._first]
        with failures_refused(f"{_SUBJECT} cannot decode a text"):
            return str(tokenizer.decode(ids))

    def options(self) -> dict[str, Option]:
        """Return the constructor arguments that change the ids."""
        return {"num_tokens": self.num_tokens, "start_id": self.start_id}

    def fingerprint_options(self) -> FingerprintOptions:
        """Return what changes the ids, for the cache key; includes the version of `tokenizers`."""
        options = super().fingerprint_options()
        return {**options, "tokenizers": version("tokenizers"), "first": self._first}

    def learned(self) -> Learned:
        """Return the tokenizer in the JSON format of the `tokenizers` library."""
        return {"tokenizer": self._fitted.to_str()}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore the learned pairs."""
        self._tokenizer = parse_tokenizer(learned["tokenizer"], _SUBJECT)
        ids = self._tokenizer.get_vocab().values()
        if max(ids, default=-1) >= len(ids):
            raise ValueError("a token has a larger id than there are tokens")

    @property
    def _fitted(self) -> "Tokenizer":
        if self._tokenizer is None:
            raise RuntimeError("call fit or restore first")
        return self._tokenizer
