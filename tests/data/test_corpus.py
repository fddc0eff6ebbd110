"""Batches, compared with a reference that pads row by row, like Keras' pad_sequences."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.corpus import Corpus
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.words import WordEncoder

ROWS = st.lists(st.lists(st.integers(1, 99), max_size=8), min_size=1, max_size=10)
SIDE = st.sampled_from(["pre", "post"])


def corpus_of(rows):
    offsets = np.cumsum([0, *map(len, rows)])
    return Corpus.from_arrays(list(chain(*rows)), offsets, range(len(rows)))


def padded(row, width, padding, truncation, pad_id):
    row = row[:width] if truncation == "post" else row[max(len(row) - width, 0) :]
    fill, filled = [pad_id] * (width - len(row)), [True] * len(row)
    gap = [False] * len(fill)
    return (row + fill, filled + gap) if padding == "post" else (fill + row, gap + filled)


@given(
    rows=ROWS,
    max_length=st.none() | st.integers(1, 10),
    padding=SIDE,
    truncation=SIDE,
    whole=st.booleans(),
    pad_id=st.sampled_from([0, 3]),
    data=st.data(),
)
def test_gather_equals_padding_row_by_row(
    rows, max_length, padding, truncation, whole, pad_id, data
):
    pad_to = "max_length" if whole and max_length else "longest"
    text = WordEncoder(
        max_length=max_length, padding=padding, truncation=truncation, pad_to=pad_to, pad_id=pad_id
    )
    indices = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    chosen = [rows[i] for i in indices]
    longest = max(1, *(min(len(row), max_length or 99) for row in chosen), 1)
    width = max_length if pad_to == "max_length" else longest
    batch = corpus_of(rows).gather(np.array(indices), text)
    expected = [padded(row, width, padding, truncation, pad_id) for row in chosen]
    assert batch.inputs.token_ids.tolist() == [ids for ids, _ in expected]
    assert batch.inputs.mask.tolist() == [mask for _, mask in expected]
    assert batch.labels.tolist() == indices
    types = [tensor.dtype for tensor in (*batch.inputs, batch.labels)]
    assert types == [torch.int64, torch.bool, torch.int64]


def test_a_corpus_without_any_token_makes_rows_of_padding():
    batch = corpus_of([[], []]).gather(np.array([1, 0]), WordEncoder())
    assert batch.inputs.token_ids.tolist() == [[0], [0]]
    assert not batch.inputs.mask.any()


@given(
    rows=st.lists(st.sets(st.integers(0, 19), max_size=8).map(sorted), min_size=1, max_size=10),
    data=st.data(),
)
def test_sets_are_the_rows_of_a_matrix(rows, data):
    text = NgramEncoder(hash_size=20)
    indices = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    batch = corpus_of(rows).gather(np.array(indices), text)
    expected = torch.zeros(len(indices), 20)
    for row, index in enumerate(indices):
        expected[row, rows[index]] = 1
    assert torch.equal(batch.inputs.token_ids.to_dense(), expected)
    assert batch.inputs.mask.tolist() == [[bool(rows[index])] for index in indices]
    assert batch.labels.tolist() == indices
    weights = torch.arange(40.0).reshape(20, 2)
    assert torch.equal(batch.inputs.token_ids @ weights, expected @ weights)


def test_sets_are_sparse_and_empty_ones_are_empty_rows():
    batch = corpus_of([[3, 7], [], [7]]).gather(np.array([1, 0, 1]), NgramEncoder(hash_size=8))
    assert batch.inputs.token_ids.layout is torch.sparse_csr
    assert batch.inputs.token_ids.shape == (3, 8)
    assert batch.inputs.token_ids.crow_indices().tolist() == [0, 0, 2, 2]
    assert batch.inputs.token_ids.col_indices().tolist() == [3, 7]
    sets = batch.inputs.token_ids
    assert {sets.crow_indices().dtype, sets.col_indices().dtype} == {torch.int32}
    assert sets.dtype is torch.float32
    nothing = corpus_of([[], []]).gather(np.array([0, 1]), NgramEncoder(hash_size=8))
    assert not nothing.inputs.token_ids.to_dense().any() and not nothing.inputs.mask.any()


def test_a_batch_of_sets_is_the_receivers_own():
    corpus = corpus_of([[3, 7]])
    batch = corpus.gather(np.array([0]), NgramEncoder(hash_size=8))
    batch.inputs.token_ids.col_indices().fill_(1)
    assert corpus.ids.tolist() == [3, 7]


def pieces(*parts):
    for rows in parts:
        ids = np.array(list(chain(*rows)), np.int32)
        yield ids, np.cumsum([0, *map(len, rows)])


def test_pieces_on_disk_become_one_corpus(tmp_path):
    sizes = Corpus.write(tmp_path, "train", pieces([[5], [6, 7]], [[]], [[8]]), np.arange(4))
    assert sizes == {"ids": 4, "offsets": 5, "labels": 4}
    corpus = Corpus.open(tmp_path, "train", sizes)
    assert corpus.ids.tolist() == [5, 6, 7, 8]
    assert corpus.offsets.tolist() == [0, 1, 3, 3, 4]
    assert corpus.lengths.tolist() == [1, 2, 0, 1]
    assert not corpus.ids.flags.writeable
    batch = corpus.gather(np.array([1, 3]), WordEncoder())
    assert batch.inputs.token_ids.tolist() == [[6, 7], [8, 0]]
    batch.inputs.token_ids.add_(1)  # a batch is a copy
    assert corpus.ids.tolist() == [5, 6, 7, 8]


def test_places_and_groups_are_kept_where_there_are_any(tmp_path):
    labels, places, groups = np.arange(2), np.array([7, 3]), np.array([1, 1])
    texts = np.array([4, 4])
    sizes = Corpus.write(tmp_path, "train", pieces([[5], [6]]), labels, places, groups, texts)
    corpus = Corpus.open(tmp_path, "train", sizes)
    assert (corpus.places.tolist(), corpus.groups.tolist()) == ([7, 3], [1, 1])
    assert corpus.texts.tolist() == [4, 4]
    sizes = Corpus.write(tmp_path, "test", pieces([[5], [6]]), labels)
    plain = Corpus.open(tmp_path, "test", sizes)
    assert (plain.places.tolist(), plain.groups, plain.texts) == ([0, 1], None, None)


def test_a_split_without_reviews_can_be_kept(tmp_path):
    sizes = Corpus.write(tmp_path, "test", pieces(), np.zeros(0, np.int64))
    assert len(Corpus.open(tmp_path, "test", sizes)) == 0


@pytest.mark.parametrize("name", ["ids", "offsets", "labels"])
def test_a_file_of_another_size_is_refused(tmp_path, name):
    sizes = Corpus.write(tmp_path, "train", pieces([[5], [6, 7]]), np.arange(2))
    file = tmp_path / f"train.{name}"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ValueError, match=f"train.{name}"):
        Corpus.open(tmp_path, "train", sizes)


def test_offsets_of_other_ids_are_refused(tmp_path):
    sizes = Corpus.write(tmp_path, "train", pieces([[5], [6, 7]]), np.arange(2))
    (tmp_path / "train.offsets").write_bytes(bytes(24))
    with pytest.raises(ValueError, match="offsets"):
        Corpus.open(tmp_path, "train", sizes)


def test_a_corpus_larger_than_memory_reads_only_what_a_batch_needs(tmp_path):
    reviews, length = 1_000_000, 50_000  # 200 GB of ids, in a sparse file
    with (tmp_path / "train.ids").open("wb") as file:
        file.truncate(reviews * length * 4)
    (np.arange(reviews + 1, dtype="<i8") * length).tofile(tmp_path / "train.offsets")
    np.zeros(reviews, "<i8").tofile(tmp_path / "train.labels")
    sizes = {"ids": reviews * length, "offsets": reviews + 1, "labels": reviews}
    corpus = Corpus.open(tmp_path, "train", sizes)
    batch = corpus.gather(np.array([0, reviews - 1]), WordEncoder(max_length=100))
    assert batch.inputs.token_ids.shape == (2, 100)
    assert batch.inputs.mask.all()
