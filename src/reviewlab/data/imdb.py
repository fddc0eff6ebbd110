"""The Large Movie Review Dataset (Maas et al. 2011), in all the forms it is distributed in."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from reviewlab.data.cache import cache_folder
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.dealing import Indices
from reviewlab.data.file_facts import digest_files
from reviewlab.data.hub import HUB_ID, recall_of_hub
from reviewlab.data.imdb_files import (
    FORMS,
    SPLITS,
    read_archive,
    read_hub,
    read_parquet,
    read_tree,
    review_files,
    url_files,
)
from reviewlab.data.imdb_films import beside_training, blocks_of, film_in_training
from reviewlab.data.imdb_table import read_one_table
from reviewlab.data.reviews import Reviews
from reviewlab.data.splits import Split, SplitOption
from reviewlab.data.tables import is_table
from reviewlab.exceptions import InputError

SplitRule = Literal["random", "film"]


class Source(NamedTuple):
    """Functions that read the IMDB reviews from one kind of source, and compute their digest."""

    read: Callable[[], dict[str, Reviews]]
    fingerprint: Callable[[], str]


@dataclass(kw_only=True, eq=False)
class IMDBDataModule(ReviewDataModule):
    """25,000 training reviews and the official 25,000 test reviews, half of each set positive.

    Both splits are ordered by label in the source, and `read` keeps this order. The unsupervised
    reviews are not used. A single table, as on Kaggle, has no test split, and its rows keep their
    order.

    Args:
        source: a hub id, a folder in the hub's layout, an unpacked `aclImdb` or its `.tar.gz`, or a
            table with the columns `review` and `sentiment`. The digest of a data set on the hub is
            computed only once per cache folder.
        split: `random` draws individual reviews for validation, but the training split has other
            reviews of most of their films; `film` holds out all reviews of a film, identified by
            the film pages that `aclImdb` lists. Without these pages, `film` holds out blocks of
            neighbouring reviews, since most reviews of a film are next to each other.
    """

    label_names = ("negative", "positive")

    source: str = "stanfordnlp/imdb"
    split: SplitRule = "random"
    _fingerprint: str | None = field(default=None, init=False)

    def fingerprint(self) -> str:
        """Return a digest of the source's files, or of the reviews of a data set on the hub."""
        if self._fingerprint is None:
            self._fingerprint = self._open().fingerprint()
        return self._fingerprint

    def read(self) -> dict[str, Reviews]:
        """Read `train` and `test`, ordered by label; a source of one table is all `train`."""
        return self._open().read()

    def split_options(self) -> dict[str, SplitOption]:
        """Return the options that determine the splits, including the split rule."""
        return {**super().split_options(), "split": self.split}

    def _draw_validation(self, reviews: Reviews, share: float) -> Split:
        split = super()._draw_validation(reviews, share)
        if len(split[1]) and not self._is_table():
            self._measure_leak(reviews, split)
        return split

    def _groups(self, reviews: Reviews) -> Indices | None:
        if self.split == "random":
            return None
        return blocks_of(reviews.labels) if reviews.groups is None else reviews.groups

    def _measure_leak(self, reviews: Reviews, split: Split) -> None:
        """Note how many held-out reviews are about a film of the training set, or may be."""
        if reviews.groups is None:
            share = beside_training(reviews.labels, split)
            note = f"{share:.1%} of the reviews are next to a training review in the source"
            hint = ", often of the same film"
        else:
            share = film_in_training(reviews.groups, split)
            note, hint = f"{share:.1%} of the reviews are about a film with training reviews", ""
        if self.split == "random":
            note += f"{hint}; data.split=film holds out whole films"
        self.notes.append(f"validation: {note}")

    def _is_table(self) -> bool:
        path = Path(self.source).expanduser()
        return path.is_file() and is_table(path)

    def _open(self) -> Source:
        path = Path(self.source).expanduser()
        cache = cache_folder(self.cache_dir)
        if self._is_table():
            return self._open_table(path, cache)
        if self.encoding is not None:
            raise InputError(
                f"data.encoding: {self.encoding!r} applies only to tables, and {self.source!r} is"
                " not a table; allowed: null"
            )
        if path.is_dir():
            return _open_folder(path, cache, self.split == "film")
        if path.is_file() and path.name.endswith((".tar.gz", ".tgz")):
            return Source(partial(read_archive, path), partial(digest_files, [path], None, cache))
        if path.exists():
            raise InputError(f"data.source: {self.source!r} is not allowed; allowed: {FORMS}")
        if not HUB_ID.fullmatch(self.source):
            raise InputError(
                f"data.source: {self.source!r} does not exist; give a hub id such as"
                f" stanfordnlp/imdb, {FORMS}"
            )
        digest = partial(_digest_hub, self.source)
        fingerprint = partial(recall_of_hub, self.source, "fingerprint", digest, cache)
        return Source(partial(read_hub, self.source), fingerprint)

    def _open_table(self, path: Path, cache: Path) -> Source:
        if self.split == "film":
            raise InputError(
                "data.split: 'film' needs the order of the original data set, which a table may"
                " have lost; allowed: random"
            )
        read = partial(read_one_table, path, self.encoding, self.notes)
        return Source(read, partial(digest_files, [path], None, cache))


def _open_folder(folder: Path, cache: Path, by_film: bool) -> Source:
    """Return the source in a folder, which may have the layout of `aclImdb` or of the hub.

    Args:
        folder: folder of the data set, or one that contains it.
        cache: the cache folder.
        by_film: True if the split depends on the files that name the films.
    """
    for tree in (folder, folder / "aclImdb"):
        if (tree / "train" / "neg").is_dir():
            files = [path for split in SPLITS for path in review_files(tree, split)]
            files += url_files(tree) if by_film else []
            return Source(partial(read_tree, tree), partial(digest_files, files, tree, cache))
    for place in (folder / "plain_text", folder):
        shards = {split: sorted(place.glob(f"{split}-*.parquet")) for split in SPLITS}
        if all(shards.values()):
            files = [path for split in SPLITS for path in shards[split]]
            return Source(partial(read_parquet, shards), partial(digest_files, files, place, cache))
    raise InputError(f"data.source: {str(folder)!r} contains no IMDB reviews; give {FORMS}")


def _digest_hub(source: str) -> str:
    """Return a digest of the reviews of a data set on the hub."""
    content = hashlib.sha256()
    for split, reviews in read_hub(source).items():
        content.update(json.dumps([split, reviews.texts, reviews.labels.tolist()]).encode())
    return content.hexdigest()
