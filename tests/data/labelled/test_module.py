"""Any labelled table becomes a data set: its classes, its splits, its identity."""

import shutil

import numpy as np
import pytest
from tests.data.labelled.tables import LABELS, labelled, refusal, table, texts, write

from reviewlab.data.splits import fold
from reviewlab.exceptions import InputError


def sides(data):
    """Return the texts of each split."""
    data.prepare()
    names = [name for name in ("train", "validation", "test") if data.has(name)]
    return {name: data.read_split(name).texts for name in names}


@pytest.fixture
def source(tmp_path):
    return labelled(tmp_path / "reviews.csv", LABELS * 50)


def test_a_table_of_words_is_split_by_class(source):
    data = table(source)
    assert data.classes == (LABELS, False)
    data.prepare()
    counts = {
        split: np.bincount(data.corpus(split).labels).tolist()
        for split in ("train", "validation", "test")
    }
    assert counts == {"train": [36, 36], "validation": [4, 4], "test": [10, 10]}
    assert data.facts()["num_classes"] == 2
    assert data.notes[0] == "texts: text; labels: label (bad, good)"


def test_the_classes_are_read_once(source, monkeypatch):
    assert table(source).classes.names == LABELS
    monkeypatch.setattr("reviewlab.data.labelled.module.read_pieces", None)
    assert table(source).classes.names == LABELS


def test_numbers_have_an_order(tmp_path):
    data = table(labelled(tmp_path / "stars.csv", ["1.0", "5.0", "3"] * 20))
    assert data.classes == (("1", "3", "5"), True)


def test_a_source_is_asked_for(tmp_path):
    with pytest.raises(InputError, match=r"^data\.source: missing; give a file such as"):
        table(tmp_path / "x.csv").__class__(None, source=None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_column": ["a", "b"]}, "data.label_column: ['a', 'b'] is a list"),
        ({"label_names": ["good"]}, "data.label_names: ['good'] is not allowed; allowed: 2 to 50"),
        ({"label_names": [1, "1.0"]}, "data.label_names: [1, '1.0'] is not allowed"),
        ({"label_map": [["a", "b", "c"]]}, "data.label_map: ['a', 'b', 'c'] is not a pair"),
        ({"before": "2025-01-01"}, "data.before: '2025-01-01' needs data.date_column"),
        (
            {"before": "soon"},
            "data.before: 'soon' is not allowed; allowed: a day such as 2025",
        ),
        ({"date_column": "at"}, "data.date_column: 'at' has no effect"),
        ({"group_column": "who", "split": "random"}, "data.group_column: 'who' needs data.split"),
        (
            {"split_column": "part", "test_source": "t.csv"},
            "data.split_column: 'part' cannot be combined with data.test_source",
        ),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_read(source, options, message):
    with pytest.raises(InputError) as raised:
        table(source, **options)
    assert str(raised.value).startswith(message)


def test_what_is_no_label_is_refused(tmp_path):
    many = labelled(tmp_path / "many.csv", [f"c{n}" for n in range(51)] * 2)
    assert "'label' has 51 different values" in refusal(table(many))
    one = labelled(tmp_path / "one.csv", ["good"] * 9)
    assert "'label' is 'good' in every row" in refusal(table(one))
    scores = labelled(tmp_path / "scores.csv", ["0.37", "0.5"] * 9)
    assert f"data.source: {str(scores)!r} line 2: 'label' is 0.37" in refusal(table(scores))


def test_a_header_alone_is_refused(tmp_path):
    empty = write(tmp_path / "empty.csv", {"text": [], "label": []})
    assert "has a header but no rows" in refusal(table(empty))


def test_a_file_without_a_header_is_refused(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("".join(f"{text},{n % 2 + 1}\n" for n, text in enumerate(texts(20))))
    line = refusal(table(file))
    assert line.startswith(f"data.source: {str(file)!r} line 1: has the label '1' where a column")
    file.write_text("text,label\n" + file.read_text())
    assert table(file).classes.names == ("1", "2")


def test_forty_nine_classes_with_any_letters_are_kept(tmp_path):
    names = [f"Straße {n:02} ßü" for n in range(49)]
    data = table(labelled(tmp_path / "many.csv", names * 5))
    assert data.classes.names == tuple(names)
    data.prepare()
    assert data.facts()["num_classes"] == 49


def test_a_label_column_may_be_called_like_an_answer(tmp_path):
    columns = {"text": texts(40), "prediction": LABELS * 20, "probability_bad": [0.5] * 40}
    data = table(write(tmp_path / "x.csv", columns), label_column="prediction")
    data.prepare()
    assert data.classes.names == LABELS


def test_texts_of_several_columns_are_joined(tmp_path):
    columns = {"title": ["short", ""] * 20, "body": texts(40), "label": LABELS * 20}
    data = table(write(tmp_path / "x.csv", columns), text_column=["title", "body"], test=0)
    found = data.read()["train"].texts
    assert found[:2] == ["short\n\nreview number 0 of many", "review number 1 of many"]


def test_what_is_missing_empty_repeated_or_contradicting_is_told(tmp_path):
    more = ["no label", "", "Review number 1 of many!", "REVIEW number 2 of many"]
    labels = [*LABELS * 20, "", "good", "bad", "bad"]
    file = write(tmp_path / "x.csv", {"text": [*texts(40), *more], "label": labels})
    data = table(file, validation=0, test=0)
    data.prepare()
    assert "left out: 1 review without a label" in data.notes
    assert "repeated: 2 of 43 reviews have the text of an earlier one" in data.notes
    contradicting = "contradicting: 2 of 43 reviews have a text that also has another label"
    assert contradicting in data.notes
    assert "train: 1 review is empty after cleaning and dropped" in data.notes
    assert len(data.corpus("train")) == 42
    kept = table(file, validation=0, test=0, empty="keep")
    kept.prepare()
    assert len(kept.corpus("train")) == 43


def test_no_text_is_on_two_sides_unless_rows_are_drawn(tmp_path):
    repeated = [text for text in texts(40) for _ in range(3)]
    file = write(tmp_path / "x.csv", {"text": repeated, "label": [*LABELS] * 60})
    parts = [{*map(fold, part)} for part in sides(table(file)).values()]
    assert sum(map(len, parts)) == len(set.union(*parts))
    for rule in ("stratified", "random"):
        data = table(file, split=rule)
        data.prepare()
        assert any(note.startswith("test: ") and "also in train" in note for note in data.notes)


def test_no_group_is_on_two_sides(tmp_path):
    who = [f"author {n % 25}" for n in range(98)] + ["", ""]
    file = labelled(tmp_path / "x.csv", LABELS * 50, who=who)
    author = dict(zip(texts(100), who, strict=True))
    found = [
        {author[text] for text in part} for part in sides(table(file, group_column="who")).values()
    ]
    named = [part - {""} for part in found]
    assert sum(map(len, named)) == len(set.union(*named)) == 25


def test_a_column_of_splits_is_followed(tmp_path):
    words = ["train", "Training", " val", "valid", "dev", "test"]
    file = labelled(tmp_path / "x.csv", LABELS * 30, part=words * 10)
    found = sides(table(file, split_column="part"))
    assert {name: len(part) for name, part in found.items()} == {
        "train": 20,
        "validation": 30,
        "test": 10,
    }


def test_another_word_for_a_split_is_refused_with_its_line(tmp_path):
    file = labelled(tmp_path / "x.csv", LABELS, part=["train", "holdout"])
    line = refusal(table(file, split_column="part"))
    assert line.startswith(f"data.source: {str(file)!r} line 3: 'part' is 'holdout'; allowed in")
    none = labelled(tmp_path / "y.csv", LABELS, part=["test", "test"])
    assert "has no reviews to train on" in refusal(table(none, split_column="part"))


def test_held_out_reviews_may_have_files_of_their_own(source, tmp_path):
    for name in ("validation", "test"):
        write(
            tmp_path / f"{name}.csv",
            {"text": [f"{name} {n}" for n in range(6)], "label": LABELS * 3},
        )
    files = {f"{name}_source": str(tmp_path / f"{name}.csv") for name in ("validation", "test")}
    found = sides(table(source, **files))
    assert {name: len(part) for name, part in found.items()} == {
        "train": 100,
        "validation": 6,
        "test": 6,
    }
    only_test = sides(table(source, test_source=files["test_source"]))
    assert {name: len(part) for name, part in only_test.items()} == {
        "train": 90,
        "validation": 10,
        "test": 6,
    }


def test_a_given_validation_is_left_out_where_nothing_is_to_be_validated(source, tmp_path):
    labelled(tmp_path / "v.csv", LABELS)
    data = table(source, validation_source=str(tmp_path / "v.csv"), validation=0)
    assert [*sides(data)] == ["train", "test"]
    assert "left out: 2 reviews of the validation split (data.validation=0)" in data.notes


def test_what_leaks_into_given_splits_is_told(source, tmp_path):
    write(tmp_path / "t.csv", {"text": [*texts(3), "another one"], "label": [*LABELS * 2]})
    data = table(source, test_source=str(tmp_path / "t.csv"))
    data.prepare()
    assert any(
        note.startswith("test: 75.0% of the reviews have a text that") for note in data.notes
    )


def test_a_held_out_file_needs_the_same_columns_and_labels(source, tmp_path):
    other = write(tmp_path / "o.csv", {"review": ["a"], "label": ["good"]})
    line = refusal(table(source, test_source=str(other)))
    assert line.startswith("data.test_source: there is no column 'text'")
    strange = labelled(tmp_path / "s.csv", ["bad", "meh"])
    line = refusal(table(source, test_source=str(strange), label_names=["bad", "good"]))
    assert line.startswith(f"data.test_source: {str(strange)!r} line 3: 'label' is 'meh'")


def test_a_checkpoint_says_which_classes_there_are(tmp_path):
    data = table(labelled(tmp_path / "x.csv", ["good"] * 40))
    data.use_classes(LABELS)
    data.prepare()
    assert data.classes.names == LABELS
    assert {*data.corpus("test").labels.tolist()} == {1}
    other = table(labelled(tmp_path / "y.csv", ["good", "meh"] * 20))
    other.use_classes(LABELS)
    assert "'label' is 'meh'" in refusal(other)
    named = table(tmp_path / "x.csv", label_names=["good", "bad"])
    with pytest.raises(InputError, match=r"data: has the labels good, bad; allowed: bad, good"):
        named.use_classes(LABELS)


def test_a_moved_file_is_the_same_data_and_a_changed_one_is_not(source, tmp_path):
    moved = shutil.copy(source, tmp_path / "elsewhere.csv")
    assert table(moved).fingerprint() == table(source).fingerprint()
    with_test = table(source, test_source=str(moved)).fingerprint()
    as_validation = table(source, validation_source=str(moved)).fingerprint()
    assert len({with_test, as_validation, table(source).fingerprint()}) == 3
    changed = labelled(tmp_path / "changed.csv", [*LABELS * 49, "good", "good"])
    assert table(changed).fingerprint() != table(source).fingerprint()


@pytest.mark.parametrize(
    "options",
    [{"split": "random"}, {"label_map": {"bad": "poor"}}, {"label_names": ["good", "bad"]}],
)
def test_options_that_change_the_reviews_are_encoded_again(source, options, caplog):
    caplog.set_level("INFO", "reviewlab")
    table(source).prepare()
    table(source, **options).prepare()
    assert caplog.text.count("encoded 100 reviews in") == 2


def test_only_reviews_before_a_day_are_kept(tmp_path):
    dates = ["2024-12-31 23:59:59", "2025-01-01", "", "2024-01-01"] * 10
    file = labelled(tmp_path / "x.csv", LABELS * 20, at=dates)
    data = table(file, date_column="at", before="2025-01-01", validation=0, test=0)
    data.prepare()
    assert len(data.corpus("train")) == 20
    assert "left out: 20 reviews without a date, or from 2025-01-01 on" in data.notes
    other = labelled(tmp_path / "y.csv", LABELS, at=["2024-12-31", "3/14/2025"])
    line = refusal(table(other, date_column="at", before="2025-01-01"))
    assert f"{str(other)!r} line 3: 'at' is '3/14/2025'; data.before needs dates such as" in line
