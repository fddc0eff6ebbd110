"""The whole description of a small table."""

import json

from tests.data.labelled.tables import labelled, texts, write
from tests.describing.datasets import described

LABELS = 10 * ["bad", "good"]


def test_the_columns_that_are_read_are_named(tmp_path):
    description = described(labelled(tmp_path / "a.csv", LABELS, author=20 * ["x"]))
    assert [column.name for column in description.columns] == ["text", "label", "author"]
    assert (description.text_columns, description.label_column) == (["text"], "label")


def test_classes_are_counted_by_split(tmp_path):
    description = described(labelled(tmp_path / "a.csv", LABELS), test=0.2, validation=0.25)
    assert description.reviews == 20
    assert description.classes == {
        "train": {"bad": 6, "good": 6},
        "validation": {"bad": 2, "good": 2},
        "test": {"bad": 2, "good": 2},
    }


def test_a_leak_is_measured_where_the_split_allows_one(tmp_path):
    columns = {"text": 20 * ["one and the same"], "label": LABELS}
    source = write(tmp_path / "a.csv", columns)
    assert described(source, split="random").leaks == {"validation": 1.0, "test": 1.0}
    unique = labelled(tmp_path / "b.csv", LABELS)
    assert described(unique, split="grouped").leaks == {"validation": 0.0, "test": 0.0}


def test_given_splits_are_taken_as_they_are(tmp_path):
    splits = 10 * ["train"] + 5 * ["dev"] + 5 * ["test"]
    description = described(labelled(tmp_path / "a.csv", LABELS, part=splits), split_column="part")
    counts = {name: sum(counts.values()) for name, counts in description.classes.items()}
    assert counts == {"train": 10, "validation": 5, "test": 5}


def test_notes_say_what_no_other_fact_does(tmp_path):
    columns = {
        "text": [*texts(18), "again", "again", "unlabelled"],
        "label": [*LABELS, ""],
    }
    description = described(write(tmp_path / "a.csv", columns), split="random")
    assert description.odd_texts.repeating == 1
    assert description.notes == ["left out: 1 review without a label"]


def test_nothing_is_held_out_of_a_table_that_is_all_trained_on(tmp_path):
    description = described(labelled(tmp_path / "a.csv", LABELS), validation=0, test=0)
    assert [*description.classes] == ["train"]
    assert (description.leaks, description.vocabularies) == ({}, [])


def test_json_holds_the_facts_as_they_are(tmp_path):
    facts = described(labelled(tmp_path / "a.csv", LABELS)).as_json()
    assert json.loads(json.dumps(facts)) == facts
    assert [*facts] == [
        *("data", "source", "reviews", "columns", "text_columns", "label_column", "classes"),
        *("lengths", "vocabularies", "odd_texts", "leaks", "notes", "command"),
    ]
