"""Any labelled text as a data set: a table of texts and labels, or several."""

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
    by_group,
    describe_leaks,
    grouped,
    hold_out,
    measure_leaks,
    random,
    stratified,
)
from reviewlab.ranges import Fraction, PositiveInt

SplitRule = Literal["grouped", "stratified", "random"]


@dataclass(kw_only=True, eq=False)
class TableDataModule(ReviewDataModule):
    """Reviews of any source, with labels of any kind.

    A split that the source gives is taken as it is, and the others are drawn from `train`. Which
    reviews are held out never depends on the cleaning: empty reviews leave their split after it was
    drawn.

    Args:
        source: a file, a folder of files, a folder that `datasets` has saved, or a hub id.
        validation_source: the reviews of the validation, where they have a source of their own.
        test_source: the same for the test.
        text_column: holds the texts; a list of several is joined, None finds it.
        label_column: holds the labels; None finds it.
        label_names: all classes in order; None takes numbers by size and others by the alphabet.
        label_map: renames labels; one that becomes None is left out. In pairs where a label has
            letters that Hydra takes for no key: `[['très bien',good],[ok,null]]`.
        split_column: says whether a review is for training, validation or test.
        group_column: no value of it is on two sides of a split that is drawn.
        date_column: holds the days of the reviews, for `before`.
        before: a day as `2025-01-01`: only reviews that were written earlier, none without a date.
        split: `grouped` leaves no text, case and punctuation folded, on two sides; `stratified`
            and `random` draw by row, with and without regard to the classes.
        empty: `drop` or `keep` reviews whose text is empty after `text.cleaning`.
        test: share of the reviews held out for the test; 0 for none.

    Raises:
        InputError: options that cannot be, alone or together.
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
    """Whether reading keeps `columns`: all values of the source, which training does without."""
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
        """The classes; where no option names them, the source is read once to find them."""
        if self._names is not None:
            return classes_of(self._names)
        if self._classes is None:
            question = digest({"classes of": self.fingerprint(), **self._read_options()})
            names, ordinal = recall(question, [], self._find_classes, self._cache)
            self._classes = Classes(tuple(names), ordinal)
        return self._classes

    def use_classes(self, names: Sequence[str]) -> None:
        """Read labels as those of a checkpoint, unless `label_names` says what they are."""
        if self.label_names is None:
            self._names = names
        super().use_classes(names)

    def fingerprint(self) -> str:
        """Digest the content of all sources, read once."""
        if self._fingerprint is None:
            parts = {key: source.fingerprint() for key, source in self._sources().items()}
            self._fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
        return self._fingerprint

    def split_options(self) -> dict[str, SplitOption]:
        """Add what decides how the source is read and split to the options of every data set."""
        own = {"split": self.split, "empty": self.empty, "test": self.test}
        return {**super().split_options(), **own, **self._read_options()}

    def read(self) -> dict[str, Reviews]:
        """Read `train`, from which the validation may still be taken, and the other splits."""
        labelled = self._read()
        self._classes = labelled.classes
        self.notes += labelled.notes
        splits = labelled.splits
        if "test" in splits:
            return splits
        return {**splits, **hold_out("test", self.test, splits["train"], self._draw)}

    def split_reviews(self, reviews: dict[str, Reviews]) -> dict[str, Reviews]:
        """Take the validation from `train` unless it was given; then drop empty reviews."""
        splits = dict(reviews)
        if "validation" not in splits:
            splits |= hold_out("validation", self.validation, splits["train"], self._draw)
        elif self.validation == 0:
            count = count_of(len(splits.pop("validation").labels), "review")
            self.notes.append(f"left out: {count} of the validation (data.validation=0)")
        if self.empty == "drop":
            for name, part in splits.items():
                splits[name], notes = drop_empty(name, part, self.text.clean)
                self.notes += notes
        self.notes += describe_leaks(measure_leaks(splits))
        return splits

    def _draw(self, reviews: Reviews, share: float) -> Split:
        if self.split == "random":
            return random(len(reviews.labels), share, self._draw_seed)
        if self.split == "stratified":
            return stratified(reviews.labels, share, self._draw_seed)
        if reviews.groups is not None:
            return by_group(reviews.groups, reviews.labels, share, self._draw_seed)
        return grouped(reviews.texts, reviews.labels, share, self._draw_seed)

    @property
    def _cache(self) -> Path:
        return cache_folder(self.cache_dir)

    def _held_out_sources(self) -> dict[str, str]:
        """Return the sources of held-out reviews that were given, by their keys."""
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
        """Return what decides how the source is read, as JSON types."""
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
