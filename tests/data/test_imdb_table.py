"""IMDB reviews in one table, as on Kaggle."""

import csv
import gzip

import pandas as pd
import pytest
from tests.data.imdb_reviews import form_hub, module

from reviewlab.exceptions import InputError

ROWS = [
    (f"a <br />\n{label} film, {i}", label) for i in range(10) for label in ("positive", "negative")
]


def make(path, rows=ROWS, header=("", "review", "sentiment")):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *((i, *row) for i, row in enumerate(rows))])
    return path


def test_all_reviews_are_to_train_on_and_a_note_says_so(tmp_path):
    data = module(make(tmp_path / "IMDB Dataset.csv"), validation=0.2)
    reviews = data.read()
    assert list(reviews) == ["train"]
    assert reviews["train"].texts == [text for text, _ in ROWS]
    assert reviews["train"].labels.tolist() == [1, 0] * 10
    assert data.notes == [
        "train: all 20 reviews of the table, which does not say which are the official test"
        " reviews; there is no test split"
    ]
    splits = data.split_reviews(reviews)
    assert {name: len(part.labels) for name, part in splits.items()} == {
        "train": 16,
        "validation": 4,
    }


def test_every_format_gives_the_same(tmp_path):
    source = make(tmp_path / "x.csv")
    expected = module(source).read()["train"]
    frame = pd.read_csv(source)
    frame.to_parquet(tmp_path / "y.parquet")
    frame.to_json(tmp_path / "y.json", orient="records")
    (tmp_path / "y.csv.gz").write_bytes(gzip.compress(source.read_bytes()))
    for name in ("y.parquet", "y.json", "y.csv.gz"):
        read = module(tmp_path / name).read()["train"]
        assert (read.texts, read.labels.tolist()) == (expected.texts, expected.labels.tolist())


def test_the_fingerprint_is_that_of_the_bytes(tmp_path):
    one, other = make(tmp_path / "x.csv"), make(tmp_path / "y.csv")
    assert module(one).fingerprint() == module(other).fingerprint()
    make(other, ROWS[1:])
    assert module(one).fingerprint() != module(other).fingerprint()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([*ROWS, ("x", "neutral")], "line 42: sentiment is 'neutral'; allowed: positive, neg"),
        ([*ROWS, ("x", "")], "line 42: sentiment is ''"),
    ],
)
def test_another_sentiment_is_refused_with_its_line(tmp_path, rows, says):
    with pytest.raises(InputError, match=says):
        module(make(tmp_path / "x.csv", rows)).read()


def test_a_table_without_the_two_columns(tmp_path):
    with pytest.raises(
        InputError, match=r"has the columns id, text, label, but .*; data=table reads any table"
    ):
        module(make(tmp_path / "x.csv", header=("id", "text", "label"))).read()


def test_an_encoding_goes_with_a_table(tmp_path):
    content = "review,sentiment\n" + "schön,positive\nübel,negative\n" * 5
    (tmp_path / "x.csv").write_bytes(content.encode("cp1252"))
    reviews = module(tmp_path / "x.csv", encoding="cp1252").read()["train"]
    assert reviews.texts == ["schön", "übel"] * 5
    with pytest.raises(
        InputError, match=r"data\.encoding: 'cp1252' applies only to tables, .* is not a table"
    ):
        module(form_hub(tmp_path), encoding="cp1252").read()


def test_all_rows_that_cannot_be_read_are_named_at_once(tmp_path):
    rows = [("a", "positive"), ("b", "posit"), ("c", ""), ("d", "negative"), ("e", "?")]
    with pytest.raises(InputError, match=r"line 3: sentiment is 'posit'; .*; see also lines 4, 6$"):
        module(make(tmp_path / "x.csv", rows)).read()
