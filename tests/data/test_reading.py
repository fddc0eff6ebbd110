"""A data set is read and split like in training."""

import pytest
from tests.data.labelled.tables import labelled, table

from reviewlab.data.reading import read_and_split
from reviewlab.exceptions import InputError

LABELS = 10 * ["bad", "good"]


@pytest.mark.parametrize(("fit_on", "count"), [("train", 12), ("source", 16)])
def test_the_vocabulary_is_taken_from_the_texts_that_fit_on_says(tmp_path, fit_on, count):
    data = table(labelled(tmp_path / "a.csv", LABELS), fit_on=fit_on, validation=0.25)
    read = read_and_split(data)
    assert {name: len(part.texts) for name, part in read.source.items()} == {"train": 16, "test": 4}
    assert [len(part.texts) for part in read.splits.values()] == [12, 4, 4]
    assert len(read.texts_to_fit) == count


def test_notes_are_those_of_the_last_reading(tmp_path):
    data = table(labelled(tmp_path / "a.csv", LABELS))
    read_and_split(data)
    notes = [*data.notes]
    read_and_split(data)
    assert data.notes == notes == ["texts: text; labels: label (bad, good)"]


def test_fewer_reviews_than_classes_are_refused(tmp_path):
    data = table(labelled(tmp_path / "a.csv", ["a", "b"]), label_names=["a", "b", "c"])
    with pytest.raises(InputError, match=r"^data\.test: |^data\.source: "):
        read_and_split(data)
