"""The tables of a folder, and the splits in their names."""

import pytest
from tests.data.labelled.tables import LABELS, labelled

from reviewlab.data.labelled.folder import files_of_folder, is_table, split_of
from reviewlab.exceptions import InputError


def names(folder):
    found = files_of_folder(folder, "data.source")
    return {split: [file.name for file in files] for split, files in found.splits.items()}


@pytest.mark.parametrize(
    ("word", "split"),
    [("train", "train"), (" Test ", "test"), ("VAL", "validation"), ("dev", "validation")],
)
def test_common_words_are_a_split(word, split):
    assert split_of(word) == split


@pytest.mark.parametrize("word", ["", "holdout", "tests", "None"])
def test_other_words_are_none(word):
    assert split_of(word) is None


def test_files_come_in_the_order_of_their_names_without_what_is_no_table(tmp_path):
    for name in ("b.csv", "a.csv.gz", ".hidden.csv", "notes.md", "dataset_infos.json"):
        (tmp_path / name).touch()
    assert names(tmp_path) == {None: ["a.csv.gz", "b.csv"]}
    assert not is_table(tmp_path / "notes.md")


def test_names_of_splits_count_only_with_a_train(tmp_path):
    for name in ("test-1.csv", "dev.csv"):
        labelled(tmp_path / name, LABELS)
    assert names(tmp_path) == {None: ["dev.csv", "test-1.csv"]}
    for name in ("train-00000-of-00002.csv", "train-00001-of-00002.csv", "extra.csv"):
        labelled(tmp_path / name, LABELS)
    assert names(tmp_path) == {
        "validation": ["dev.csv"],
        "test": ["test-1.csv"],
        "train": ["train-00000-of-00002.csv", "train-00001-of-00002.csv"],
    }
    assert [f.name for f in files_of_folder(tmp_path, "x").left_out] == ["extra.csv"]


def test_the_only_folder_with_tables_is_meant(tmp_path):
    labelled(tmp_path / "data" / "x.csv", LABELS)
    (tmp_path / "README.md").touch()
    assert names(tmp_path) == {None: ["x.csv"]}
    labelled(tmp_path / "more" / "x.csv", LABELS)
    with pytest.raises(InputError, match=r"holds several folders of tables; give"):
        names(tmp_path)
