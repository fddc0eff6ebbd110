"""Read IMDB reviews: from parquet files, `aclImdb/`, its archive, or the hub itself."""

import re
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reviewlab.data.hub import load_dataset
from reviewlab.data.imdb_films import Place, films_of
from reviewlab.data.reviews import Reviews
from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    import pyarrow as pa

SPLITS = ("train", "test")
LABELS = ("neg", "pos")
"""The folders of `aclImdb/`, one per class; a label is an index into this tuple."""

FORMS = (
    "a folder with plain_text/train-*.parquet and plain_text/test-*.parquet, an unpacked aclImdb"
    " folder, aclImdb_v1.tar.gz, or a table with the columns review and sentiment, such as a .csv"
)
"""The forms of a source, for messages."""

_URLS = re.compile(r"(?:^|/)(train)/urls_(neg|pos)\.txt$")
_MEMBER = re.compile(r"(?:^|/)(train|test)/(neg|pos)/([^/]+\.txt)$")


def read_parquet(shards: dict[str, list[Path]]) -> dict[str, Reviews]:
    """Read the reviews of each split from its parquet files, in order."""
    import pyarrow as pa
    from pyarrow import parquet

    reviews = {}
    for split, files in shards.items():
        tables = []
        for file in files:
            try:
                with parquet.ParquetFile(file) as shard:
                    _check_columns(str(file), shard.schema_arrow.names)
                    tables.append(shard.read(columns=["text", "label"]))
            except (pa.ArrowException, OSError) as error:
                raise InputError(
                    f"data.source: {str(file)!r} is not a complete parquet file"
                ) from error
        reviews[split] = _reviews(str(files[0]), pa.concat_tables(tables))
    return reviews


def _check_columns(name: str, columns: list[str]) -> None:
    for wanted in ("text", "label"):
        if wanted not in columns:
            raise InputError(
                f"data.source: {name!r} has no column {wanted!r}; its columns are"
                f" {', '.join(columns)}"
            )


def _reviews(name: str, table: "pa.Table") -> Reviews:
    texts, labels = table.column("text"), table.column("label")
    if texts.null_count or labels.null_count:
        raise InputError(f"data.source: {name!r} has rows without a text or a label")
    numbers = labels.to_numpy()
    if not np.isin(numbers, range(len(LABELS))).all():
        values = ", ".join(str(value) for value in np.unique(numbers)[:5])
        raise InputError(f"data.source: labels in {name!r} are {values}; allowed: 0 and 1")
    return Reviews(texts.to_numpy().tolist(), numbers.astype(np.int64))


def review_files(tree: Path, split: str) -> list[Path]:
    """List the review files of a split, negative reviews first, then sorted by name."""
    return [path for label in LABELS for path in sorted((tree / split / label).glob("*.txt"))]


def read_tree(tree: Path) -> dict[str, Reviews]:
    """Read the reviews of an unpacked `aclImdb`, in which each review is a file."""
    contents = {
        Place(split, path.parent.name, path.name): path.read_bytes()
        for split in SPLITS
        for path in review_files(tree, split)
    }
    pages = {_page_list(path): path.read_bytes() for path in url_files(tree)}
    return _sort_reviews(str(tree), contents, pages)


def url_files(tree: Path) -> list[Path]:
    """List the files that name each review's film page; there may be none."""
    return sorted(tree.glob("train/urls_*.txt"))


def read_archive(path: Path) -> dict[str, Reviews]:
    """Read the reviews from the archive of `aclImdb`, in the same order as `read_tree`."""
    contents, pages = {}, {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                place, urls = _MEMBER.search(member.name), _URLS.search(member.name)
                file = archive.extractfile(member) if place or urls else None
                if place and file:
                    contents[Place(*place.groups())] = file.read()
                elif urls and file:
                    pages[urls[1], urls[2]] = file.read()
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise InputError(
            f"data.source: {str(path)!r} is not a complete .tar.gz: {error}"
        ) from error
    return _sort_reviews(str(path), contents, pages)


def _page_list(path: Path) -> tuple[str, str]:
    return path.parent.name, path.stem.removeprefix("urls_")


def _sort_reviews(
    name: str, contents: Mapping[Place, bytes], pages: Mapping[tuple[str, str], bytes]
) -> dict[str, Reviews]:
    """Sort reviews by split, label and file name, and group them by film if possible.

    Args:
        name: the source, for messages.
        contents: the content of each review's file.
        pages: content of the files that list the film pages, as for `films_of`.
    """
    reviews = {}
    for split in SPLITS:
        places = sorted(place for place in contents if place.split == split)
        if not places:
            raise InputError(f"data.source: {name!r} has no reviews in {split}/neg or {split}/pos")
        texts = [_decode(f"{name}/{'/'.join(place)}", contents[place]) for place in places]
        labels = np.array([LABELS.index(place.label) for place in places], np.int64)
        reviews[split] = Reviews(texts, labels, films_of(places, pages))
    return reviews


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"data.source: {name!r} is not UTF-8: {error}") from error


def read_hub(source: str) -> dict[str, Reviews]:
    """Read the reviews of a data set from the hub, or from an earlier download."""
    remedy = f"set data.source or the environment variable REVIEWLAB_IMDB to {FORMS}"
    tables = load_dataset(source, "data.source", remedy)
    for split in SPLITS:
        if split not in tables:
            raise InputError(
                f"data.source: {source!r} has no split {split!r}; it has {', '.join(tables)}"
            )
        _check_columns(source, tables[split].column_names)
    return {split: _reviews(source, tables[split].data.table) for split in SPLITS}
