"""The facts of a data set, as plain typed values."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a table.

    name: as the table has it.
    kind: of its values, in a word or two.
    distinct: how many different values it has.
    missing: how many rows have none.
    example: the first value, on one line and cut.
    """

    name: str
    kind: str
    distinct: int
    missing: int
    example: str


@dataclass(frozen=True)
class LengthFacts:
    """Lengths of reviews in one unit."""

    mean: float
    median: float
    percentile_95: float
    longest: int


@dataclass(frozen=True)
class Lengths:
    """Lengths of the reviews of all splits.

    words: between white space, before any cleaning.
    tokens: as the text encoder makes them, the start id included.
    max_length: tokens that reach the model; None for all.
    cut: how many reviews have more.
    share_cut: what share of all.
    """

    words: LengthFacts
    tokens: LengthFacts
    max_length: int | None
    cut: int
    share_cut: float


@dataclass(frozen=True)
class UnknownWords:
    """The share of held-out words that a vocabulary does not know.

    num_words: the value of `data.text.num_words`; None keeps every word.
    is_set: whether this is the vocabulary that training would have.
    words: how many words it has then.
    unknown: by held-out split, the share of its words that are out of vocabulary.
    """

    num_words: int | None
    is_set: bool
    words: int
    unknown: dict[str, float]


@dataclass(frozen=True)
class OddText:
    """A text that stands out, with the reviews that have it.

    text: on one line and cut.
    reviews: how many have it.
    labels: how many of them have each label.
    """

    text: str
    reviews: int
    labels: dict[str, int]


@dataclass(frozen=True)
class OddTexts:
    """Reviews of all splits whose text stands out, and a few examples of each kind.

    Texts count as one where they differ in case and punctuation alone.

    empty: reviews without text once it is cleaned.
    repeating: reviews that have the text of an earlier one.
    contradicting: reviews with a text that stands with another label too.
    most_empty: what was cleaned away, the most frequent first.
    most_repeated: the most frequent texts.
    most_contradicting: texts of which most reviews have another label than most of the others.
    """

    empty: int
    repeating: int
    contradicting: int
    most_empty: list[OddText]
    most_repeated: list[OddText]
    most_contradicting: list[OddText]


@dataclass(frozen=True)
class Description:
    """A data set, as training on it would read it.

    data: the choice of the group `data`.
    source: where the reviews come from; None where there is no such option.
    reviews: how many have a label, whatever becomes of those without text.
    columns: of the table; none for a data set with columns of its own.
    text_columns: those that are read as text.
    label_column: the one that is read as label.
    classes: by split, the number of reviews of each class.
    lengths: in words and in tokens.
    vocabularies: from the smallest; none where no word is unknown.
    odd_texts: empty, repeated and contradicting ones.
    leaks: by held-out split, the share of its reviews whose text is trained on.
    notes: what else was noticed while reading and splitting.
    command: trains on these data.
    """

    data: str
    source: str | None
    reviews: int
    columns: list[ColumnFacts]
    text_columns: list[str]
    label_column: str | None
    classes: dict[str, dict[str, int]]
    lengths: Lengths
    vocabularies: list[UnknownWords]
    odd_texts: OddTexts
    leaks: dict[str, float]
    notes: list[str]
    command: str

    def as_json(self) -> dict[str, Any]:
        """Return all facts as JSON types; the keys are the names of the fields."""
        return asdict(self)
