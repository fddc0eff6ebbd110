"""The description of a data set, as plain typed values."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnFacts:
    """One column of a table.

    Attributes:
        name: name of the column in the table.
        kind: kind of the column's values, in a word or two.
        distinct: number of different values.
        missing: number of rows without a value.
        example: the first value, on one line and shortened.
    """

    name: str
    kind: str
    distinct: int
    missing: int
    example: str


@dataclass(frozen=True)
class LengthFacts:
    """Statistics of review lengths, in words or tokens.

    Attributes:
        mean: mean length.
        median: median length.
        percentile_95: 95th percentile.
        longest: length of the longest review.
    """

    mean: float
    median: float
    percentile_95: float
    longest: int


@dataclass(frozen=True)
class Lengths:
    """Lengths of the reviews of all splits.

    Attributes:
        words: lengths in words, split at white space before any cleaning.
        tokens: lengths in tokens of the text encoder, including the start id.
        max_length: maximum number of tokens per review; None for no limit.
        cut: number of reviews with more than `max_length` tokens, which are cut.
        share_cut: share of the reviews that are cut.
    """

    words: LengthFacts
    tokens: LengthFacts
    max_length: int | None
    cut: int
    share_cut: float


@dataclass(frozen=True)
class UnknownWords:
    """The share of held-out words outside a vocabulary.

    Attributes:
        num_words: value of `data.text.num_words` that gives this vocabulary; None for every word.
        is_set: True if training would use this vocabulary.
        words: number of words in the vocabulary.
        unknown: maps each held-out split to its share of out-of-vocabulary words.
    """

    num_words: int | None
    is_set: bool
    words: int
    unknown: dict[str, float]


@dataclass(frozen=True)
class OddText:
    """A conspicuous text, and the reviews that have it.

    Attributes:
        text: the text, on one line and shortened.
        reviews: number of reviews with this text.
        labels: number of these reviews with each label.
    """

    text: str
    reviews: int
    labels: dict[str, int]


@dataclass(frozen=True)
class OddTexts:
    """Reviews of all splits with a conspicuous text, and a few examples of each kind.

    Texts that differ only in case and punctuation count as the same.

    Attributes:
        empty: number of reviews whose text is empty after cleaning.
        repeating: number of reviews that have the text of an earlier review.
        contradicting: number of reviews with a text that also has another label.
        most_empty: texts that are empty after cleaning, most frequent first.
        most_repeated: the most frequent repeated texts.
        most_contradicting: texts with more than one label, sorted by how many reviews disagree with
            the text's most frequent label, largest first.
    """

    empty: int
    repeating: int
    contradicting: int
    most_empty: list[OddText]
    most_repeated: list[OddText]
    most_contradicting: list[OddText]


@dataclass(frozen=True)
class Description:
    """The description of a data set, as training would read it.

    Attributes:
        data: name of the data set, as chosen in the config group `data`.
        source: the reviews' source; None if the data set has no such option.
        reviews: number of labelled reviews, including those without text.
        columns: the table's columns; empty for data sets with fixed columns.
        text_columns: the columns that are read as text.
        label_column: the column that is read as the label.
        classes: for each split, the number of reviews of each class.
        lengths: lengths of the reviews in words and in tokens.
        vocabularies: vocabularies of several sizes, smallest first; empty if no word can be unknown
            or nothing is held out.
        odd_texts: empty, repeated and contradicting texts.
        leaks: for each held-out split, the share of reviews whose text is also in `train`.
        notes: other notes made while reading and splitting.
        command: the command line that trains on these data.
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
        """Return the description as JSON types, with the names of the fields as keys."""
        return asdict(self)
