"""The base class of all text encoders: fit, encode, decode, and a state of plain types."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError, short_repr
from reviewlab.plugins import stored_name
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning

Side = Literal["pre", "post"]
PadTo = Literal["longest", "max_length"]
Inputs = Literal["token_ids", "ngrams", "images"]
"""The input of a model: ids in the order of the text, the set of ids that occur in it, or images,
which no text encoder produces."""


WIDEST = 100_000
"""The length that reviews are padded to with `pad_to: max_length` is at most this."""

Option = str | int | bool | None
"""A constructor argument of an encoder."""

Learned = dict[str, str]
"""The vocabulary that `fit` learned; each encoder chooses its own keys."""


class FingerprintOptions(TypedDict):
    """Everything that determines the ids of a text, except the vocabulary.

    Attributes:
        name: name of the encoder's class.
        options: constructor arguments that change the ids, except cleaning.
        cleaning: the cleaning options that are set.
        tokenizers: version of the library that learns byte pairs.
        first: id of the first byte, in byte-pair encoding.
        tokenizer: digest of a pretrained model's tokenizer.
    """

    name: str
    options: dict[str, Option]
    cleaning: dict[str, bool | str]
    tokenizers: NotRequired[str]
    first: NotRequired[int]
    tokenizer: NotRequired[str]


class EncoderState(FingerprintOptions):
    """A fitted encoder, as a checkpoint stores it.

    Attributes:
        layout: how reviews are truncated and padded.
        learned: the vocabulary.
    """

    layout: dict[str, Option]
    learned: Learned


class Word(NamedTuple):
    """A word of a text, as the encoder splits it, and the positions of its ids.

    Attributes:
        start: offset of the word's first character in the original text, before any cleaning.
        end: offset just after the word's last character.
        places: positions of the word's ids in the array that `encode` returns for the text.
    """

    start: int
    end: int
    places: tuple[int, ...]


class TextEncoder(ABC):
    """Turns texts into token ids and back.

    The layout options (`max_length`, `padding`, `truncation`, `pad_to`) take effect when a batch is
    gathered. They never change the encoded ids, so nothing is encoded again when they change.
    As in Keras, `padding: pre` pads at the beginning and `truncation: pre` drops the beginning.

    In a subclass, `options` returns the constructor arguments other than layout and cleaning, and
    `learned` returns what `fit` learned. Checkpoints store both; the cache key includes `options`.

    Args:
        max_length: maximum number of tokens per review, the start id included; None for no limit.
        padding: the side that is padded: `pre` for the beginning, `post` for the end.
        truncation: the side that is cut: `pre` for the beginning, `post` for the end.
        pad_to: `longest` pads to the longest review of a batch, `max_length` always to that length.
        pad_id: the id that pads short reviews.
        cleaning: steps applied to a text before anything else; None for none.

    Raises:
        InputError: `pad_to` is `max_length`, but `max_length` is None or very large.
    """

    inputs: ClassVar[Inputs] = "token_ids"
    """The form in which models read the ids: in the order of the text, or as a set."""
    start_id: int | None
    """The id put before every review; None for no such id."""
    oov_id: int | None = None
    """The id of every word outside the vocabulary; None if no word can be outside it."""

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
                " set it to a number of tokens, or use data.text.pad_to=longest"
            )
        if pad_to == "max_length" and max_length is not None and max_length > WIDEST:
            raise InputError(
                f"data.text.max_length: {short_repr(max_length)} would pad every review to that "
                f"length; allowed: at most {WIDEST}, or data.text.pad_to=longest"
            )
        self.max_length = max_length
        self.padding = padding
        self.truncation = truncation
        self.pad_to = pad_to
        self.pad_id = pad_id
        self.cleaning = cleaning or Cleaning()

    @classmethod
    def resolve_arguments(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments that depend on the content of files, to record in the run's config.

        Args:
            arguments: the constructor's arguments, as given in the config.
        """
        return {}

    @property
    @abstractmethod
    def vocab_size(self) -> int:
        """Number of ids; every id is in `[0, vocab_size)`."""

    @abstractmethod
    def fit(self, texts: Iterable[str]) -> None:
        """Learn the vocabulary from `texts`."""

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the concatenated ids of all texts, `[tokens]`, and their offsets, `[texts + 1]`.

        Nothing is truncated or padded here.
        """

    @abstractmethod
    def locate(self, text: str) -> list[Word]:
        """Find the words of `text`, in order; ids that belong to no word are special ids."""

    @abstractmethod
    def decode(self, token_ids: Iterable[int]) -> str:
        """Return readable text for the ids; anything dropped during encoding is not restored."""

    def blanks(self, token_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Replace each id with an id that stands for no word."""
        return np.full_like(token_ids, self.pad_id)

    @abstractmethod
    def options(self) -> dict[str, Option]:
        """Return the constructor arguments that change the ids, except cleaning, as JSON types."""

    @abstractmethod
    def learned(self) -> Learned:
        """Return what `fit` learned, as JSON types."""

    @abstractmethod
    def restore(self, learned: Mapping[str, str]) -> None:
        """Restore what `learned` returned for an encoder with the same options."""

    def fingerprint_options(self) -> FingerprintOptions:
        """Return only the options that change the ids, for the cache key."""
        cleaning = self.cleaning.state()
        return {"name": stored_name(type(self)), "options": self.options(), "cleaning": cleaning}

    def state(self) -> EncoderState:
        """Return the state that `text.state.from_state` restores, as JSON types."""
        layout: dict[str, Option] = {
            "max_length": self.max_length,
            "padding": self.padding,
            "truncation": self.truncation,
            "pad_to": self.pad_to,
            "pad_id": self.pad_id,
        }
        return {**self.fingerprint_options(), "layout": layout, "learned": self.learned()}

    def clean(self, text: str) -> str:
        """Apply the cleaning steps to the text."""
        return self.cleaning(text)


def as_sets(
    texts: NDArray[np.int64], ids: NDArray[np.integer], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Reduce the ids of each text to a sorted set.

    Args:
        texts: int64 `[ids]`, the index of the text that each id belongs to.
        ids: `[ids]`, the ids of all texts.
        count: number of texts.

    Returns:
        The distinct ids of each text in ascending order, text after text; and how many each text
        has, `[count]`.
    """
    both = np.sort((texts << 32) | ids)  # many times faster than numpy's `unique`, which hashes
    both = both[np.diff(both, prepend=-1) != 0]
    return (both & 0xFFFFFFFF).astype(np.int32), np.bincount(both >> 32, minlength=count)
