"""Incomplete IMDB files are refused in one line that names them."""

import tarfile

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.data.imdb_reviews import form_archive, form_bare, make_parquet, make_tree, module

from reviewlab.exceptions import InputError


def test_other_columns_are_refused_by_name(tmp_path):
    make_parquet(tmp_path / "imdb", names=("text", "sentiment"))
    line = r"data\.source: .*train-.*' has no column 'label'; its columns are text, sentiment"
    with pytest.raises(InputError, match=line):
        module(tmp_path / "imdb").prepare()


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        ({"text": ["a"], "label": [7]}, "labels in .* are 7; allowed are 0 and 1"),
        ({"text": [None, "a"], "label": [0, 1]}, "rows without a text or a label"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(tmp_path, columns, line):
    make_parquet(tmp_path / "imdb")
    parquet.write_table(pa.table(columns), tmp_path / "imdb" / "train-00000-of-00001.parquet")
    with pytest.raises(InputError, match=rf"data\.source: .*{line}"):
        module(tmp_path / "imdb").prepare()


def test_a_truncated_parquet_file_is_refused(tmp_path):
    source = form_bare(tmp_path)
    file = next(source.glob("train-*"))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"data\.source: .*train-.* is no whole parquet file"):
        module(source).prepare()


def test_a_truncated_archive_is_refused(tmp_path):
    source = form_archive(tmp_path)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"data\.source: .* is no whole \.tar\.gz"):
        module(source).prepare()


def test_a_damaged_archive_is_refused(tmp_path):
    """The damage is within a long review, as `tarfile` checks the headers itself."""
    make_tree(tmp_path / "aclImdb")
    (tmp_path / "aclImdb" / "train" / "neg" / "0_3.txt").write_text("dull " * 100_000)
    source = tmp_path / "aclImdb_v1.tar.gz"
    with tarfile.open(source, "w:gz", compresslevel=0) as archive:
        archive.add(tmp_path / "aclImdb", "aclImdb")
    whole = source.read_bytes()
    damage = b"\xff" * 70_000  # longer than an uncompressed block
    source.write_bytes(whole[:300_000] + damage + whole[370_000:])
    with pytest.raises(InputError, match=r"data\.source: .* is no whole \.tar\.gz"):
        module(source).prepare()


def test_a_tree_without_a_test_set_is_refused(tmp_path):
    make_tree(tmp_path / "aclImdb")
    for file in (tmp_path / "aclImdb" / "test").rglob("*.txt"):
        file.unlink()
    with pytest.raises(InputError, match=r"data\.source: .* has no reviews in test/neg"):
        module(tmp_path / "aclImdb").prepare()


def test_a_review_in_another_encoding_is_refused_by_name(tmp_path):
    make_tree(tmp_path / "aclImdb")
    (tmp_path / "aclImdb" / "train" / "pos" / "0_9.txt").write_bytes("schön".encode("latin-1"))
    with pytest.raises(InputError, match=r"data\.source: .*train/pos/0_9\.txt' is not UTF-8"):
        module(tmp_path / "aclImdb").prepare()
