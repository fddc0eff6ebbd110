"""Data sets of the `datasets` library: saved in a folder, on the hub, or as single files."""

import shutil

import datasets
import pytest
from tests.data.labelled.published import COUNTS, as_datasets, counts
from tests.data.labelled.tables import refusal, table, texts

from reviewlab.data import hub
from reviewlab.data.labelled.dataset import name_classes


def test_an_arrow_file_of_a_data_set_has_its_class_names(tmp_path):
    as_datasets()["train"].save_to_disk(tmp_path / "saved")
    [file] = (tmp_path / "saved").glob("*.arrow")
    assert table(file).classes.names == ("sehr gut", "übel")


@pytest.mark.parametrize("whole", [True, False])
def test_what_datasets_has_saved_is_read(tmp_path, whole):
    saved = as_datasets() if whole else as_datasets()["train"]
    saved.save_to_disk(tmp_path / "saved")
    data = table(tmp_path / "saved")
    assert data.classes.names == ("sehr gut", "übel")
    assert counts(data) == (COUNTS if whole else {"train": 29, "validation": 3, "test": 8})
    moved = shutil.copytree(tmp_path / "saved", tmp_path / "moved")
    assert table(moved).fingerprint() == data.fingerprint()


def test_the_hub_is_asked_once_for_a_cache(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(hub, "_answers", lambda: True)
    loaded = as_datasets()
    monkeypatch.setattr(datasets, "load_dataset", lambda name: asked.append(name) or loaded)
    for _ in range(2):
        data = table(tmp_path / "x", cache_dir=str(tmp_path / "cache"))
        data.source = "owner/name"
        assert counts(data) == COUNTS
    assert len(asked) == 2  # fingerprint, and reviews with their classes


def test_without_the_hub_the_message_names_what_to_give(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "_answers", lambda: False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    data = table(tmp_path / "x", cache_dir=str(tmp_path / "cache"))
    data.source = "owner/name"
    line = refusal(data)
    assert line.endswith("(the hub is not responding); give a file or a folder")


def test_unlabelled_rows_of_a_data_set_are_left_out(tmp_path):
    features = as_datasets()["train"].features
    mixed = {"text": texts(30), "label": [0, 1, -1] * 10}
    datasets.Dataset.from_dict(mixed, features).save_to_disk(tmp_path / "saved")
    data = table(tmp_path / "saved", validation=0, test=0)
    assert counts(data) == {"train": 20}
    assert "left out: 10 reviews without a label" in data.notes


def test_a_damaged_data_set_is_refused(tmp_path):
    as_datasets()["train"].save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "state.json").write_text("{")
    assert f"data.source: {str(tmp_path / 'saved')!r} cannot be read" in refusal(
        table(tmp_path / "saved")
    )


def test_numbers_without_a_name_are_no_label():
    columns = {"label": [0, 1, -1, None, 2], "n": [7] * 5}
    assert name_classes(columns, {"label": ["a", "b"]}) == {
        "label": ["a", "b", None, None, None],
        "n": [7] * 5,
    }
