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
    """How long reviews are, in one unit."""

    mean: float
    median: float
    percentile_95: float
    longest: int


@dataclass(frozen=True)
class Lengths:
    """How long the reviews of all splits are.

    words: between white space, before any cleaning.
    tokens: as the text encoder makes them, the start id included.
    max_length: tokens that reach the model; None for all.
    share_cut: the share of reviews with more.
    """

    words: LengthFacts
    tokens: LengthFacts
    max_length: int | None
    share_cut: float


@dataclass(frozen=True)
class UnknownWords:
    """How much of the held-out reviews a vocabulary does not know.

    num_words: the value of `data.text.num_words`; None keeps every word.
    words: how many words it has then.
    unknown: by held-out split, the share of its words that are out of vocabulary.
    """

    num_words: int | None
    words: int
    unknown: dict[str, float]


@dataclass(frozen=True)
class TextFacts:
    """A text that several reviews have, case and punctuation folded.

    text: of the first of them, on one line and cut.
    reviews: how many have it.
    labels: how many of them have each label.
    """

    text: str
    reviews: int
    labels: dict[str, int]


@dataclass(frozen=True)
class RepetitionFacts:
    """Texts that several reviews have, of the reviews of all splits.

    repeating: reviews that have the text of an earlier one.
    contradicting: reviews with a text that stands with another label too.
    most_repeated: the most frequent texts.
    most_contradicting: the most frequent ones of those with several labels.
    """

    repeating: int
    contradicting: int
    most_repeated: list[TextFacts]
    most_contradicting: list[TextFacts]


@dataclass(frozen=True)
class Description:
    """A data set, as training on it would read it.

    data: the choice of the group `data`.
    source: where the reviews come from; None where there is no such option.
    reviews: how many have a label, whatever becomes of those without text.
    empty: how many of them have no text once it is cleaned.
    columns: of the table; none for a data set with columns of its own.
    text_columns: those that are read as text.
    label_column: the one that is read as label.
    classes: by split, the number of reviews of each class.
    lengths: in words and in tokens.
    vocabularies: from the smallest; none where no word is unknown.
    repetitions: repeated and contradicting texts.
    leaks: by held-out split, the share of its reviews whose text is trained on.
    notes: what else was noticed while reading and splitting.
    command: trains on these data.
    """

    data: str
    source: str | None
    reviews: int
    empty: int
    columns: list[ColumnFacts]
    text_columns: list[str]
    label_column: str | None
    classes: dict[str, dict[str, int]]
    lengths: Lengths
    vocabularies: list[UnknownWords]
    repetitions: RepetitionFacts
    leaks: dict[str, float]
    notes: list[str]
    command: str

    def as_json(self) -> dict[str, Any]:
        """Return all facts as JSON types; the keys are the names of the fields."""
        return asdict(self)
