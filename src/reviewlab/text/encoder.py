"""What every text encoder can do: fit, encode, decode, and tell its state in plain types."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError
from reviewlab.ranges import NonNegativeInt, PositiveInt
from reviewlab.text.cleaning import Cleaning

Side = Literal["pre", "post"]
PadTo = Literal["longest", "max_length"]


class Word(NamedTuple):
    """A word of a text as an encoder splits it, and which ids stand for it.

    start, end: where it stands in the text as it came, before any cleaning.
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

    start_id: int | None
    """The id that stands before every review; None for nothing."""
    oov_id: int | None = None
    """The id of whatever is not in the vocabulary; None where nothing can be."""

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

    @property
    @abstractmethod
    def vocab_size(self) -> int:
        """How many ids there are: every id lies in `[0, vocab_size)`."""

    @abstractmethod
    def fit(self, texts: Iterable[str]) -> None:
        """Learn the vocabulary from `texts`."""

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """All ids one text after the other, `[tokens]`, and where each begins, `[texts + 1]`.

        Nothing is cut or filled here.
        """

    @abstractmethod
    def locate(self, text: str) -> list[Word]:
        """The words of `text` in order; ids that no word claims stand for none (a start id)."""

    @abstractmethod
    def decode(self, token_ids: Iterable[int]) -> str:
        """A readable text for the ids; what encoding lost stays lost."""

    @abstractmethod
    def options(self) -> dict[str, Any]:
        """The constructor's arguments that change the ids, cleaning apart, in JSON types."""

    @abstractmethod
    def learned(self) -> dict[str, Any]:
        """What `fit` found, in JSON types."""

    @abstractmethod
    def restore(self, learned: Mapping[str, Any]) -> None:
        """Take over what another encoder with the same options has `learned`."""

    def fingerprint_options(self) -> dict[str, Any]:
        """The options that change the ids, and no others: part of the cache's key."""
        cleaning = self.cleaning.state()
        return {"name": type(self).__name__, "options": self.options(), "cleaning": cleaning}

    def state(self) -> dict[str, Any]:
        """Everything `from_state` (in `text.state`) needs, in JSON types; `name` is the class."""
        layout = {
            "max_length": self.max_length,
            "padding": self.padding,
            "truncation": self.truncation,
            "pad_to": self.pad_to,
            "pad_id": self.pad_id,
        }
        return {**self.fingerprint_options(), "layout": layout, "learned": self.learned()}

    def clean(self, text: str) -> str:
        """The text after the cleaning steps."""
        return self.cleaning(text)

    def cleaned(self, texts: Iterable[str]) -> Iterable[str]:
        """All texts after the cleaning steps; the same object where no step is on."""
        return map(self.cleaning, texts) if any(self.cleaning.state().values()) else texts
