"""The base of all text encoders: fit, encode, decode, and keep the state in plain types."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.plugins import stored_name
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning

Side = Literal["pre", "post"]
PadTo = Literal["longest", "max_length"]
Inputs = Literal["token_ids", "ngrams"]
"""What a model reads: ids in the order of the text, or the set of those that occur in it."""


Option = str | int | bool | None
"""An argument of an encoder's constructor."""

Learned = dict[str, str]
"""The vocabulary that `fit` has found; which keys it has is each encoder's own."""


class FingerprintOptions(TypedDict):
    """All that changes the ids of a text, but for the vocabulary.

    name: of the encoder's class.
    options: what its constructor takes beside layout and cleaning.
    cleaning: its steps that are set.
    tokenizers: the version of the library that trains byte pairs.
    first: the id of the first byte.
    tokenizer: a digest of one that was not trained here.
    """

    name: str
    options: dict[str, Option]
    cleaning: dict[str, bool | str]
    tokenizers: NotRequired[str]
    first: NotRequired[int]
    tokenizer: NotRequired[str]


class EncoderState(FingerprintOptions):
    """A fitted encoder, as a checkpoint keeps it.

    layout: how a batch is cut and filled.
    learned: the vocabulary.
    """

    layout: dict[str, Option]
    learned: Learned


class Word(NamedTuple):
    """A word of a text as an encoder splits it, and which ids stand for it.

    start, end: where it is in the original text, before any cleaning.
    places: of its ids among those that `encode` gives for the text.
    """

    start: int
    end: int
    places: tuple[int, ...]


class TextEncoder(ABC):
    """Turns texts into token ids and back.

    The layout options (`max_length`, `padding`, `truncation`, `pad_to`) say how a batch is cut and
    filled when it is gathered; they never change the encoded ids, so nothing is encoded again.
    `padding: pre` fills at the beginning and `truncation: pre` drops the beginning, as in Keras.

    A subclass names in `options` what its constructor takes beside layout and cleaning, and in
    `learned` what `fit` found; state, restoring and the cache's key follow from these two.
    """

    inputs: ClassVar[Inputs] = "token_ids"
    """What the ids of a text are."""
    start_id: int | None
    """The id put before every review; None for nothing."""
    oov_id: int | None = None
    """The id of all words outside the vocabulary; None if there can be none."""

    def __init__(
        self,
        max_length: PositiveInt | None,
        padding: Side,
        truncation: Side,
        pad_to: PadTo,
        pad_id: NonNegativeInt,
        cleaning: Cleaning | None,
    ) -> None:
        if pad_to == "max_length" and max_length is None:
            raise InputError(
                "data.text.pad_to: 'max_length' needs data.text.max_length, which is null;"
                " give a number of tokens or pad_to=longest"
            )
        self.max_length = max_length
        self.padding = padding
        self.truncation = truncation
        self.pad_to = pad_to
        self.pad_id = pad_id
        self.cleaning = cleaning or Cleaning()

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments that follow from files, so that a checked config keeps them.

        Args:
            arguments: of the constructor, as the config has them.
        """
        return {}

    @property
    @abstractmethod
    def vocab_size(self) -> int:
        """The number of ids: every id is in `[0, vocab_size)`."""

    @abstractmethod
    def fit(self, texts: Iterable[str]) -> None:
        """Learn the vocabulary from `texts`."""

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the ids of all texts in a row, `[tokens]`, and where each begins, `[texts + 1]`.

        Nothing is cut or filled here.
        """

    @abstractmethod
    def locate(self, text: str) -> list[Word]:
        """Find the words of `text` in order; an id that no word claims is a special one."""

    @abstractmethod
    def decode(self, token_ids: Iterable[int]) -> str:
        """Return a readable text for the ids; what encoding lost stays lost."""

    def blanks(self, token_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return as many ids that stand for no word, to keep the places of these."""
        return np.full_like(token_ids, self.pad_id)

    @abstractmethod
    def options(self) -> dict[str, Option]:
        """Return the arguments that change the ids, without cleaning, as JSON types."""

    @abstractmethod
    def learned(self) -> Learned:
        """Return what `fit` learned, as JSON types."""

    @abstractmethod
    def restore(self, learned: Mapping[str, str]) -> None:
        """Take over what another encoder with the same options has `learned`."""

    def fingerprint_options(self) -> FingerprintOptions:
        """Return the options that change the ids, and no others, for the cache's key."""
        cleaning = self.cleaning.state()
        return {"name": stored_name(type(self)), "options": self.options(), "cleaning": cleaning}

    def state(self) -> EncoderState:
        """Return what `from_state` (in `text.state`) needs, as JSON types; `name` is its class."""
        layout: dict[str, Option] = {
            "max_length": self.max_length,
            "padding": self.padding,
            "truncation": self.truncation,
            "pad_to": self.pad_to,
            "pad_id": self.pad_id,
        }
        return {**self.fingerprint_options(), "layout": layout, "learned": self.learned()}

    def clean(self, text: str) -> str:
        """Apply the cleaning steps to a text."""
        return self.cleaning(text)


def as_sets(
    texts: NDArray[np.int64], ids: NDArray[np.integer], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Keep each id once a text.

    Args:
        texts: int64 `[ids]`, the number of the text that each id stands in.
        ids: `[ids]`.
        count: of the texts.

    Returns:
        The ids text by text, rising within each, and how many each text has, `[count]`.
    """
    both = np.sort((texts << 32) | ids)  # many times faster than the hashes of numpy's `unique`
    both = both[np.diff(both, prepend=-1) != 0]
    return (both & 0xFFFFFFFF).astype(np.int32), np.bincount(both >> 32, minlength=count)
