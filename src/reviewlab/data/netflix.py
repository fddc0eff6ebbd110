"""Reviews of the Netflix app on Google Play, in the format of the Kaggle data set."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.dates import read_day
from reviewlab.data.dealing import Indices
from reviewlab.data.netflix_files import (
    DATE,
    SCORE,
    TEXT,
    dated_before,
    download,
    read_scores,
    read_texts,
)
from reviewlab.data.netflix_labels import (
    LABEL_NAMES,
    LabelRule,
    label_reviews,
    textblob_version,
)
from reviewlab.data.reviews import LEFT_OUT, EmptyRule, Reviews, drop_empty, refuse_too_few
from reviewlab.data.splits import Split, SplitOption, group_texts, hold_out, leak, random
from reviewlab.data.tables import open_table, read_table
from reviewlab.ranges import Fraction

SplitRule = Literal["grouped", "random"]


@dataclass(kw_only=True, eq=False)
class NetflixDataModule(ReviewDataModule):
    """Short, often repeated reviews with one to five stars, split so that no text leaks.

    With `stars`, the classes are named by bare numbers, so that predictions can be compared with
    the column `score`. The held-out reviews depend on the file, the label rule and the seed, but
    not on the cleaning: empty reviews are dropped only after the splits are drawn.

    Args:
        source: the table; None downloads it from Kaggle, which needs the extra `kaggle`.
        label_rule: `stars` (1 to 5), `polarity` (1-2 negative, 4-5 positive, 3 left out), `three`
            (3 is neutral), or `textblob` (computed from the words; needs the extra `textblob`).
        split: `grouped` never puts the same text into two splits, ignoring case and punctuation;
            `random` draws individual reviews, and reports how many share their text with `train`.
        before: a day such as `2025-01-01`; reviews of that day or later, or without a date, are
            left out.
        empty: `drop` or `keep` reviews whose text is empty after `text.cleaning`.
        test: share of the reviews to hold out for testing; 0 for none.
        validation: share of the remaining reviews to hold out for validation; 0 for none.

    Raises:
        InputError: `before` is not a day.
    """

    source: str | None = None
    label_rule: LabelRule = "stars"
    split: SplitRule = "grouped"
    before: str | None = None
    empty: EmptyRule = "drop"
    test: Fraction = 0.2
    validation: Fraction = 0.1
    _path: Path | None = field(default=None, init=False)
    _fingerprint: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._lexicon = {"textblob": textblob_version()} if self.label_rule == "textblob" else {}
        self.before = read_day(self.before, "data.before")

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the classes of `label_rule`."""
        return LABEL_NAMES[self.label_rule]

    def fingerprint(self) -> str:
        """Return a digest of the file's bytes, which are read only once."""
        if self._fingerprint is None:
            path = self._file()
            with open_table(path, "data.source", encoding=self.encoding) as table:
                table.require(self._columns())
            with path.open("rb") as file:
                self._fingerprint = hashlib.file_digest(file, "sha256").hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, including the rules and the test share."""
        return {
            **super().split_options(),
            "label_rule": self.label_rule,
            "split": self.split,
            "before": self.before,
            "empty": self.empty,
            "test": self.test,
            "encoding": self.encoding,
            **self._lexicon,
        }

    def read(self) -> dict[str, Reviews]:
        """Read `train` and `test`; the validation split is drawn from `train` later."""
        table = read_table(self._file(), "data.source", self._columns(), self.encoding)
        self.notes += table.notes
        texts = read_texts(table)
        scores = read_scores(table)
        labels = label_reviews(self.label_rule, texts, scores)
        groups = group_texts(texts) if self.split == "grouped" else None
        reviews = Reviews(texts, labels, groups)
        if self.before is not None:
            early = dated_before(table, self.before)
            why = f"without a date, or dated {self.before} or later (before={self.before})"
            reviews = self._leave_out(reviews, ~early, why)
        neutral = reviews.labels == LEFT_OUT
        reviews = self._leave_out(reviews, neutral, "with 3 stars (label_rule=polarity)")
        refuse_too_few(reviews, self.label_names)
        return hold_out("test", self.test, reviews, self._draw)

    def _columns(self) -> list[str]:
        return [TEXT, SCORE] if self.before is None else [TEXT, SCORE, DATE]

    def _leave_out(self, reviews: Reviews, out: NDArray[np.bool_], why: str) -> Reviews:
        if not out.any():
            return reviews
        self.notes.append(f"left out: {out.sum()} reviews {why}")
        return reviews.take(np.flatnonzero(~out))

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Draw the validation split and drop empty reviews; with `split=random`, report leaks."""
        splits = super().split_reviews(reviews)
        splits = {name: self._drop_empty(name, part) for name, part in splits.items()}
        if self.split == "random":
            self._measure_leak(splits)
        return splits

    def _draw(self, reviews: Reviews, share: float) -> Split:
        if self.split == "random":
            return random(len(reviews.labels), share, self._draw_seed)
        return super()._draw(reviews, share)

    def _groups(self, reviews: Reviews) -> Indices | None:
        return reviews.groups

    def _drop_empty(self, name: str, reviews: Reviews) -> Reviews:
        """Drop the empty reviews of a split, unless `empty` keeps them."""
        if self.empty == "keep":
            return reviews
        reviews, notes = drop_empty(name, reviews, self.text.clean)
        self.notes += notes
        return reviews

    def _measure_leak(self, splits: dict[str, Reviews]) -> None:
        for name in ("validation", "test"):
            if name in splits:
                share = leak(splits["train"].texts, splits[name].texts)
                self.notes.append(
                    f"{name}: {share:.1%} of the reviews have a text that is also in train"
                    " (split=random; split=grouped leaves none)"
                )

    def _file(self) -> Path:
        if self._path is None:
            self._path = Path(self.source).expanduser() if self.source else download()
        return self._path
