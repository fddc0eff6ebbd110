"""Any labelled text as a data set: one or several tables of texts and labels."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from reviewlab.console.text import count_of
from reviewlab.data.cache import cache_folder, digest
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.dates import read_day
from reviewlab.data.dealing import Indices
from reviewlab.data.file_facts import recall
from reviewlab.data.labelled.labels import classes_of
from reviewlab.data.labelled.options import (
    LabelMap,
    read_label_map,
    refuse_label_names,
    refuse_several_labels,
    refuse_two_splits,
    refuse_undated,
    refuse_ungrouped,
    require_source,
)
from reviewlab.data.labelled.reading import ChosenColumns, LabelledReviews, Reader
from reviewlab.data.labelled.source import Source, open_source, read_pieces
from reviewlab.data.reviews import Classes, EmptyRule, Label, Reviews, drop_empty
from reviewlab.data.splits import (
    Split,
    SplitOption,
    describe_leaks,
    group_texts,
    hold_out,
    measure_leaks,
    random,
)
from reviewlab.ranges import Fraction, PositiveInt

SplitRule = Literal["grouped", "stratified", "random"]


@dataclass(kw_only=True, eq=False)
class TableDataModule(ReviewDataModule):
    """Reviews from any source, with labels of any kind.

    Splits that the source has are used as they are; missing ones are drawn from `train`. With
    `folds`, the source's validation reviews are divided into folds together with `train`. Cleaning
    does not change which reviews are held out: empty reviews are dropped only after the splits are
    drawn.

    Args:
        source: a file, a folder of files, a folder saved by `datasets`, or a hub id.
        validation_source: source of the validation reviews, if they are not in `source`.
        test_source: source of the test reviews, if they are not in `source`.
        text_column: text column, or a list of columns whose texts are joined; None to detect the
            column.
        label_column: label column; None to detect it.
        label_names: all classes in order; None for the classes that occur, in numerical order if
            all are numbers, or else in alphabetical order.
        label_map: new name of each label; reviews whose label is mapped to None are left out. Give
            a list of pairs if a label has characters that Hydra does not allow in a key:
            `[['très bien',good],[ok,null]]`.
        split_column: column that assigns each review to training, validation or test.
        group_column: column that names each review's group; all reviews of a group are drawn into
            the same split.
        date_column: column of the reviews' dates; required by `before`.
        before: a day such as `2025-01-01`; reviews of that day or later, or without a date, are
            left out.
        split: `grouped` never puts the same text into two splits, ignoring case and punctuation;
            `stratified` draws individual reviews, the same share of each class; `random` draws
            individual reviews regardless of their class.
        empty: `drop` or `keep` reviews whose text is empty after `text.cleaning`.
        test: share of the reviews to hold out for testing; 0 for none.
        validation: share of the remaining reviews to hold out for validation; 0 for none.
        batch_size: reviews per training step, over all devices; None for the whole training split.

    Raises:
        InputError: an option is invalid, alone or in combination with another.
    """

    source: str | None = None
    validation_source: str | None = None
    test_source: str | None = None
    text_column: str | list[str] | None = None
    label_column: str | list[str] | None = None
    label_names: list[Label] | None = None
    label_map: LabelMap | None = None
    split_column: str | None = None
    group_column: str | None = None
    date_column: str | None = None
    before: str | None = None
    split: SplitRule = "grouped"
    empty: EmptyRule = "drop"
    test: Fraction = 0.2
    validation: Fraction = 0.1
    batch_size: PositiveInt | None = 32
    keeps_columns: bool = field(default=False, init=False)
    """Keep all values of the source in `columns` when reading; training does not need them."""
    columns: ChosenColumns | None = field(default=None, init=False)
    """All columns of `source`, and which of them hold the reviews."""
    _classes: Classes | None = field(default=None, init=False)
    _fingerprint: str | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_source(self.source)
        refuse_several_labels(self.label_column)
        refuse_label_names(self.label_names)
        self._renamed = read_label_map(self.label_map)
        refuse_two_splits(self.split_column, [*self._held_out_sources()])
        refuse_ungrouped(self.group_column, self.split)
        self.before = read_day(self.before, "data.before")
        refuse_undated(self.date_column, self.before)
        self._names: Sequence[Label] | None = self.label_names

    @property
    def classes(self) -> Classes:
        """The classes; if no option names them, the source is read once to find them."""
        if self._names is not None:
            return classes_of(self._names)
        if self._classes is None:
            question = digest({"classes of": self.fingerprint(), **self._read_options()})
            names, ordinal = recall(question, [], self._find_classes, self._cache)
            self._classes = Classes(tuple(names), ordinal)
        return self._classes

    def use_classes(self, names: Sequence[str]) -> None:
        """Use a checkpoint's classes; raise InputError if `label_names` lists different ones."""
        if self.label_names is None:
            self._names = names
        super().use_classes(names)

    def fingerprint(self) -> str:
        """Return a digest of the content of all sources, which are read only once."""
        if self._fingerprint is None:
            parts = {key: source.fingerprint() for key, source in self._sources().items()}
            self._fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, including those that determine reading."""
        own = {"split": self.split, "empty": self.empty, "test": self.test}
        return {**super().split_options(), **own, **self._read_options()}

    def read(self) -> dict[str, Reviews]:
        """Read all splits, and draw `test` if the source has none; `validation` is drawn later."""
        labelled = self._read()
        self._classes = labelled.classes
        self.notes += labelled.notes
        splits = labelled.splits
        if "test" in splits:
            return splits
        return {**splits, **hold_out("test", self.test, splits["train"], self._draw)}

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Draw the validation split if the source has none, or a fold; drop empty reviews."""
        splits = dict(reviews)
        if self.folds is not None and "validation" in splits:
            splits["train"] = splits["train"].join(splits.pop("validation"))
        if "validation" not in splits:
            splits |= self._hold_out_validation(splits["train"])
        elif self.validation == 0:
            count = count_of(len(splits.pop("validation").labels), "review")
            self.notes.append(f"left out: {count} of the validation split (data.validation=0)")
        if self.empty == "drop":
            for name, part in splits.items():
                splits[name], notes = drop_empty(name, part, self.text.clean)
                self.notes += notes
        self.notes += describe_leaks(measure_leaks(splits))
        return splits

    def _draw(self, reviews: Reviews, share: float) -> Split:
        if self.split == "random":
            return random(len(reviews.labels), share, self._draw_seed)
        return super()._draw(reviews, share)

    def _groups(self, reviews: Reviews) -> Indices | None:
        if self.split != "grouped":
            return None
        return group_texts(reviews.texts) if reviews.groups is None else reviews.groups

    @property
    def _cache(self) -> Path:
        return cache_folder(self.cache_dir)

    def _held_out_sources(self) -> dict[str, str]:
        """Map each option that names a separate source of held-out reviews to its value."""
        sources = {key: getattr(self, key) for key in ("validation_source", "test_source")}
        return {f"data.{key}": name for key, name in sources.items() if name is not None}

    def _sources(self) -> dict[str, Source]:
        names = {"data.source": str(self.source), **self._held_out_sources()}
        return {
            key: open_source(name, key, self.encoding, self._cache) for key, name in names.items()
        }

    def _read(self) -> LabelledReviews:
        pieces = read_pieces(self._sources(), self.split_column)
        if self.keeps_columns:
            of_source = [piece for piece in pieces if piece.key == "data.source"]
            self.columns = self._reader().choose_among(of_source)
        return self._reader().read(pieces)

    def _reader(self) -> Reader:
        return Reader(
            self.text_column,
            None if self.label_column is None else str(self.label_column),
            self._names,
            self._renamed,
            self.split_column,
            self.group_column,
            self.date_column,
            self.before,
        )

    def _find_classes(self) -> Classes:
        return self._read().classes

    def _read_options(self) -> dict[str, SplitOption]:
        """Return the options that determine how the source is read, as JSON types."""
        return {
            "encoding": self.encoding,
            "text_column": self.text_column,
            "label_column": self.label_column,
            "label_names": None if self._names is None else list(self._names),
            "label_map": [[old, new] for old, new in self._renamed.items()],
            "split_column": self.split_column,
            "group_column": self.group_column,
            "date_column": self.date_column,
            "before": self.before,
        }
