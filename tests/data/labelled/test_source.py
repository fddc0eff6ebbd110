"""A source is a file, a folder of files, or a data set that `datasets` can open."""

import json
import shutil

import pyarrow as pa
from pyarrow import parquet
from tests.data.labelled.published import COUNTS, as_datasets, counts, rows
from tests.data.labelled.tables import LABELS, labelled, refusal, table, texts, write


def test_the_form_of_a_table_changes_nothing(tmp_path):
    csv = labelled(tmp_path / "reviews.csv", LABELS * 20)
    reference = table(csv).read()["train"]
    columns = {"text": texts(40), "label": LABELS * 20}
    lines = [json.dumps({"text": t, "label": x}) for t, x in zip(*columns.values(), strict=True)]
    (tmp_path / "reviews.jsonl").write_text("\n".join(lines))
    parquet.write_table(pa.table(columns), tmp_path / "reviews.parquet")
    for name in ("reviews.jsonl", "reviews.parquet"):
        read = table(tmp_path / name).read()["train"]
        assert (read.texts, read.labels.tolist()) == (reference.texts, reference.labels.tolist())


def test_a_folder_of_files_is_one_table(tmp_path):
    for number in range(3):
        own = [f"{text} in {number}" for text in texts(10)]
        write(tmp_path / "all" / f"{number}.csv", {"text": own, "label": LABELS * 5})
    (tmp_path / "all" / "README.md").write_text("about")
    data = table(tmp_path / "all", validation=0, test=0)
    assert counts(data) == {"train": 30}
    assert data.read()["train"].texts[10] == "review number 0 of many in 1"
    moved = shutil.copytree(tmp_path / "all", tmp_path / "moved")
    assert table(moved).fingerprint() == data.fingerprint()


def test_files_named_after_splits_are_those_splits(tmp_path):
    for split, count in COUNTS.items():
        write(tmp_path / "all" / f"{split}.csv", rows(split, count))
    assert counts(table(tmp_path / "all")) == COUNTS


def test_a_folder_in_the_layout_of_the_hub_has_its_splits_and_class_names(tmp_path):
    for split, dataset in as_datasets().items():
        folder = tmp_path / "hub" / "data"
        folder.mkdir(parents=True, exist_ok=True)
        dataset.to_parquet(folder / f"{split}-00000-of-00001.parquet")
    data = table(tmp_path / "hub")
    assert data.classes.names == ("sehr gut", "übel")
    assert counts(data) == COUNTS
    left_out = "unsupervised-00000-of-00001.parquet: not train, validation or test"
    assert f"left out: {left_out}" in data.notes


def test_what_is_no_source_is_refused(tmp_path):
    assert "does not exist; give a file such as reviews.csv" in refusal(table(tmp_path / "no.csv"))
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    assert "report.pdf' must end in" in refusal(table(tmp_path / "report.pdf"))
    (tmp_path / "empty").mkdir()
    assert "contains no table; give a folder of files such as" in refusal(table(tmp_path / "empty"))


def test_files_that_do_not_belong_together_are_refused(tmp_path):
    labelled(tmp_path / "two" / "a.csv", LABELS)
    write(tmp_path / "two" / "b.csv", {"text": ["x"], "stars": [1]})
    line = refusal(table(tmp_path / "two"))
    assert "b.csv' has the columns text, stars, but" in line
    assert line.endswith("has text, label; allowed: the same columns in all files")
    labelled(tmp_path / "kinds" / "a.csv", LABELS)
    (tmp_path / "kinds" / "b.jsonl").write_text("{}")
    assert "contains tables of several formats, such as 'a.csv' and 'b.jsonl'" in refusal(
        table(tmp_path / "kinds")
    )
    for name in ("one", "other"):
        labelled(tmp_path / "several" / name / "a.csv", LABELS)
    assert "contains several folders of tables; give one of" in refusal(table(tmp_path / "several"))


def test_a_split_is_given_once(tmp_path):
    for split, count in COUNTS.items():
        write(tmp_path / "all" / f"{split}.csv", rows(split, count))
    test = labelled(tmp_path / "t.csv", LABELS)
    assert "already has test reviews; allowed: null" in refusal(
        table(tmp_path / "all", test_source=str(test))
    )
    assert "data.split_column: 'label' is not needed, since" in refusal(
        table(tmp_path / "all", split_column="label")
    )
    assert "is divided into splits; give a file that has only the" in refusal(
        table(test, validation_source=str(tmp_path / "all"))
    )


def test_nested_texts_are_reached_by_a_path(tmp_path):
    lines = [
        json.dumps({"review": {"body": t, "by": "me"}, "stars": n % 2})
        for n, t in enumerate(texts(20))
    ]
    (tmp_path / "x.jsonl").write_text("\n".join([*lines, '{"stars": 1}']))
    data = table(tmp_path / "x.jsonl", text_column="review.body", validation=0, test=0)
    assert data.read()["train"].texts == [*texts(20), ""]
    line = refusal(table(tmp_path / "x.jsonl", text_column="review.bodi"))
    assert line.startswith("data.text_column: there is no column 'review.bodi'; did you")
