"""The tokenizer of a pretrained encoder."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
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
from reviewlab.text.tokenizer_file import (
    KEY,
    digest_tokenizer,
    find_pad_id,
    parse_tokenizer,
    read_tokenizer,
)

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer


class PretrainedTokenizer(TextEncoder):
    """Encodes texts with the `tokenizer.json` of a pretrained model, special tokens included.

    Nothing is learned from the texts. The checkpoint contains the tokenizer, so only training needs
    the source. The truncation and padding that the file specifies are ignored.

    Unlike other encoders, it truncates while it encodes: a review that is too long keeps the
    special tokens at both ends, as in `[CLS] ... [SEP]`. So `max_length` and `truncation` change
    the ids. If a review itself contains `[SEP]`, this is treated as plain text.

    Args:
        source: a folder in Hugging Face's layout, or a hub id; None only in a checkpoint.
        pad_id: the id that pads short reviews; None to use the tokenizer's padding token.
        max_length: maximum number of tokens per review, special tokens included; None for no limit.
        padding: the side that is padded: `pre` for the beginning, `post` for the end.
        truncation: the side that is cut: `pre` for the beginning, `post` for the end.
        pad_to: `longest` pads to the longest review of a batch, `max_length` always to that length.
        cleaning: steps applied to a text before anything else; None for none.
        digest: digest that the tokenizer must have; None accepts any tokenizer and records its
            digest in the run's config.
    """

    start_id = None  # the tokenizer adds the special tokens around a review

    def __init__(
        self,
        source: str | None = None,
        pad_id: NonNegativeInt | None = None,
        max_length: PositiveInt | None = None,
        padding: Side = "post",
        truncation: Side = "post",
        pad_to: PadTo = "longest",
        cleaning: Cleaning | None = None,
        digest: str | None = None,
    ) -> None:
        super().__init__(max_length, padding, truncation, pad_to, pad_id or 0, cleaning)
        self.source = source
        self.digest = digest
        self._has_pad_id = pad_id is not None
        self._json = ""
        self._loaded: Tokenizer | None = None

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the digest of the tokenizer, to record in the run's config.

        Raises:
            InputError: the tokenizer cannot be read, or differs from the digest in the arguments.
        """
        content, _ = read_tokenizer(arguments.get("source"), arguments.get("digest"))
        return {"digest": digest_tokenizer(content)}

    @property
    def vocab_size(self) -> int:
        """One more than the largest id, added tokens included."""
        return 1 + max(self._tokenizer.get_vocab().values(), default=-1)

    def fit(self, texts: Iterable[str]) -> None:
        """Read the tokenizer; nothing is learned from the texts."""
        self._load()

    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the concatenated ids of all texts, cut to `max_length`, and their offsets."""
        encodable = [without_surrogates(text) for text in self.cleaning.apply_to(texts)]
        tokenizer = self._tokenizer
        with self._failures_refused("encode"):
            encodings = tokenizer.encode_batch_fast(encodable)
        rows = [np.array(encoding.ids, np.int32) for encoding in encodings]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        return np.concatenate([np.zeros(0, np.int32), *rows]), offsets

    def locate(self, text: str) -> list[Word]:
        """Find the words of the text and their tokens; a word that is cut off has no positions."""
        cleaned, origins = self.cleaning.traced(text)
        encodable = without_surrogates(cleaned)
        tokenizer, uncut = self._tokenizer, self._uncut
        with self._failures_refused("encode"):
            mask = tokenizer.encode(encodable).special_tokens_mask
            whole = uncut.encode(encodable, add_special_tokens=False)
        places = [place for place, special in enumerate(mask) if not special]
        first = 0 if self.truncation == "post" else len(whole.ids) - len(places)
        place_of = dict(enumerate(places, first))
        words = []
        for start, end, pieces in _join_pieces(whole, encodable):
            span = (origins[start], self.cleaning.word_end(text, origins[end - 1] + 1))
            words.append(Word(*span, tuple(place_of[n] for n in pieces if n in place_of)))
        return words

    def decode(self, token_ids: Iterable[int]) -> str:
        """Return the text, without special tokens."""
        tokenizer = self._tokenizer
        with self._failures_refused("decode"):
            return str(tokenizer.decode([*token_ids]))

    def options(self) -> dict[str, Option]:
        """Return the options that change the token ids: only those of truncation."""
        return {"max_length": self.max_length, "truncation": self.truncation}

    def fingerprint_options(self) -> FingerprintOptions:
        """Return what changes the ids: the options, and a digest of the tokenizer's content."""
        self._load()
        return {**super().fingerprint_options(), "tokenizer": digest_tokenizer(self._json)}

    def learned(self) -> Learned:
        """Return the tokenizer in the JSON format of `tokenizers`, and the padding id."""
        self._load()
        return {"tokenizer": self._json, "pad_id": str(self.pad_id)}

    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore the tokenizer, without its source."""
        self._use(learned["tokenizer"], int(learned["pad_id"]))
        if self.pad_id not in range(self.vocab_size):
            raise ValueError(f"pad_id: {self.pad_id} is not one of {self.vocab_size} ids")

    def _failures_refused(self, action: str) -> AbstractContextManager[None]:
        return failures_refused(f"{KEY}: the tokenizer of {self.source!r} cannot {action} a text")

    @property
    def _tokenizer(self) -> "Tokenizer":
        self._load()
        if self._loaded is None:
            raise RuntimeError("the tokenizer is not loaded")
        return self._loaded

    def _load(self) -> None:
        """Read the tokenizer from its source, unless it is loaded already."""
        if self._loaded is not None:
            return
        self._use(*read_tokenizer(self.source, self.digest))

    def _use(self, content: str, padding: str | int | None) -> None:
        """Set the tokenizer.

        Args:
            content: the tokenizer's JSON, without truncation and padding.
            padding: the padding token, or its id; None if the tokenizer has none.

        Raises:
            InputError: the JSON is not a tokenizer, there is no padding token, or `max_length`
                leaves no room for a word.
        """
        tokenizer = self._parse(content)
        if not self._has_pad_id:
            self.pad_id = find_pad_id(tokenizer, padding, self.source)
        unknown = getattr(tokenizer.model, "unk_token", None)
        self.oov_id = tokenizer.token_to_id(unknown) if isinstance(unknown, str) else None
        if self.max_length is not None:
            special = tokenizer.num_special_tokens_to_add(is_pair=False)
            if self.max_length <= special:
                raise InputError(
                    f"data.text.max_length: {self.max_length} leaves no room for words besides"
                    f" {special} special tokens; allowed: at least {special + 1}, or null"
                )
            direction = "right" if self.truncation == "post" else "left"
            tokenizer.enable_truncation(self.max_length, direction=direction)
        self._json, self._loaded = content, tokenizer

    @functools.cached_property
    def _uncut(self) -> "Tokenizer":
        """The same tokenizer, without truncation."""
        return self._parse(self._json)

    def _parse(self, content: str) -> "Tokenizer":
        return parse_tokenizer(content, f"{KEY}: {self.source!r} has a tokenizer.json that")


def _join_pieces(encoding: "Encoding", text: str) -> list[tuple[int, int, list[int]]]:
    """Join tokens into words; return each word's start and end, and the indices of its tokens.

    A word ends where the tokenizer ends it, and also at white space, since some tokenizers treat a
    whole text as one word.
    """
    words: list[tuple[int, int, list[int]]] = []
    last = None
    for number, (word, (start, end)) in enumerate(
        zip(encoding.word_ids, encoding.offsets, strict=True)
    ):
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        if words and word == last and not text[words[-1][1] : start].isspace():
            first, before, numbers = words.pop()
            words.append((first, max(before, end), [*numbers, number]))
        else:
            words.append((start, end, [number]))
        last = word
    return [word for word in words if word[0] < word[1]]
