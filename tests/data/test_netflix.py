import csv
import json
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reviewlab.data.netflix import NetflixDataModule
from reviewlab.data.splits import fold, leak
from reviewlab.data.tables import create_table
from reviewlab.exceptions import InputError
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.words import WordEncoder

HEADER = ["reviewId", "content", "score"]
ROWS = [
    *(("Good", 5), ("good!", 5), ("GOOD", 4), ("None", 3), ("N/A", 1), ("", 2), ("!!!", 1)),
    *(("first line\nsecond line", 2), ("👍", 5), ('he said "no", twice', 1), ("5/5", 5)),
    *((f"review number {word}", i % 5 + 1) for i, word in enumerate("abcdefghijk")),
]
TEXTBLOB = {"label_rule": "textblob"}
TEXTS = [text for text, _ in ROWS]


@pytest.fixture
def write(tmp_path):
    def write(rows=ROWS, header=HEADER, name="reviews.csv"):
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(("id", *row) for row in rows)])
        return str(path)

    return write


def data(source, cleaning=None, **options):
    return NetflixDataModule(WordEncoder(cleaning=cleaning), source=source, **options)


def everything(source, **options):
    """Return the texts and label names of all reviews, in the order of the file."""
    module = data(source, test=0, validation=0, **options)
    reviews = module.read()["train"]
    return module, reviews.texts, [module.label_names[label] for label in reviews.labels]


def test_stars_are_the_scores_and_no_text_is_lost_or_changed(write):
    _, texts, labels = everything(write())
    assert texts == TEXTS
    assert labels == [str(score) for _, score in ROWS]


def test_three_stars_are_neutral(write):
    names = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}
    _, texts, labels = everything(write(), label_rule="three")
    assert texts == TEXTS
    assert labels == [names[score] for _, score in ROWS]


def test_textblob_reads_the_words_and_not_the_stars(write):
    rows = [("I love it, great", 1), ("terrible and boring", 5), ("films", 3), ("", 2)]
    module, _, labels = everything(write([(text, score) for text, score in rows]), **TEXTBLOB)
    assert labels == ["positive", "negative", "neutral", "neutral"]
    assert module.split_options()["textblob"] == version("textblob")
    assert "textblob" not in data(write()).split_options()


def test_without_textblob_it_is_said_what_to_install(write, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("reviewlab.data.netflix_labels.version", missing)
    with pytest.raises(
        InputError, match=r"^data\.label_rule: .* pip install 'reviewlab\[textblob\]'"
    ):
        data(write(), **TEXTBLOB)


def test_polarity_leaves_three_stars_out_and_says_so(write):
    module, texts, labels = everything(write(), label_rule="polarity")
    kept = [(text, score) for text, score in ROWS if score != 3]
    assert texts == [text for text, _ in kept]
    assert labels == ["negative" if score < 3 else "positive" for _, score in kept]
    assert module.label_names == ("negative", "positive")
    assert module.notes == ["left out: 3 reviews with 3 stars (label_rule=polarity)"]


def test_only_reviews_that_were_written_before_a_day(write):
    rows = [
        *(("old", 1, "2020-01-02 03:04:05"), ("last", 5, "2024-12-31 23:59:59")),
        *(("new", 1, "2025-01-01 00:00:00"), ("never", 4, "")),
    ]
    source = write(rows, [*HEADER, "at"])
    module, texts, _ = everything(source, before="2025-01-01", label_rule="polarity")
    assert texts == ["old", "last"]
    assert module.notes == [
        "left out: 2 reviews without a date, or dated 2025-01-01 or later (before=2025-01-01)"
    ]
    assert everything(source, label_rule="polarity")[1] == ["old", "last", "new", "never"]


def test_before_wants_a_day_and_a_column_of_dates(write):
    with pytest.raises(InputError, match=r"^data\.before: '2025' is not allowed; allowed: a day"):
        data(write(), before="2025")
    assert "at" in refused(write(), before="2025-01-01")


@pytest.mark.parametrize("date", ["3/14/2025", "14.03.2025", "2024-3-1", "20240101", "2024-12-31x"])
def test_a_date_that_is_none_is_refused_only_where_dates_are_compared(write, date):
    source = write([("a", 1, "2024-01-02"), ("b\nb", 2, ""), ("c", 3, date)], [*HEADER, "at"])
    message = refused(source, before="2025-01-01")
    assert f"line 5: at is {date!r}; data.before needs dates such as" in message
    with pytest.raises(InputError, match="training reviews for 5 classes"):
        everything(source)


@pytest.mark.parametrize(
    "date", ["2024-12-31", "2024-12-31 23:59", "2024-12-31T23:59:59.5+09:00", " 2024-12-31 "]
)
def test_a_time_may_follow_a_date(write, date):
    rows = [(text, score, date) for text, score in ROWS]
    assert len(everything(write(rows, [*HEADER, "at"]), before="2025-01-01")[1]) == len(ROWS)
    with pytest.raises(InputError, match="0 training reviews"):
        everything(write(rows, [*HEADER, "at"]), before="2024-12-31")


FORMATS = ["csv.gz", "tsv.xz", "jsonl", "json.zst", "parquet", "feather"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_reviews(write, tmp_path, suffix):
    frame = pd.DataFrame(ROWS, columns=["content", "score"])
    frame["at"] = pd.Timestamp("2024-12-31 10:00:00")
    path = tmp_path / f"x.{suffix}"
    columns = {**frame[["content", "score"]].to_dict("list"), "at": frame["at"].map(str).to_list()}
    if suffix == "parquet":
        frame.to_parquet(path)
    elif suffix == "feather":
        frame.to_feather(path)
    elif suffix == "json.zst":
        path.write_bytes(json.dumps(pd.DataFrame(columns).to_dict("records")).encode())
    else:
        with create_table(path, list(columns), "output") as table:
            table.write(columns)
    _, texts, labels = everything(str(path), before="2025-01-01")
    assert (texts, labels) == everything(write())[1:]


def test_what_was_recognised_is_noted_and_an_encoding_can_be_named(tmp_path):
    content = "score;content\n" + "".join(f"{i % 5 + 1};schön {i}\n" for i in range(10))
    (tmp_path / "x.csv").write_bytes(content.encode("cp1252"))
    assert "set the encoding, as in data.encoding=cp1252" in refused(str(tmp_path / "x.csv"))
    module, texts, _ = everything(str(tmp_path / "x.csv"), encoding="cp1252")
    assert texts == [f"schön {i}" for i in range(10)]
    assert module.notes == ["data.source: separated by semicolons"]
    assert module.split_options()["encoding"] == "cp1252"


@pytest.mark.parametrize(("name", "value"), [("content", 5), ("score", True), ("score", None)])
def test_a_value_of_another_type_is_refused_with_its_line(tmp_path, name, value):
    rows = [{"content": "a", "score": 1}, {"content": "b", "score": 2, name: value}]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert f"line 2: {name} is {value!r}; allowed: " in refused(str(tmp_path / "x.jsonl"))


def test_grouped_leaves_no_text_on_two_sides(write):
    module = data(write(), test=0.3, validation=0.3, empty="keep")
    splits = module.split_reviews(module.read())
    assert set(splits) == {"train", "validation", "test"}
    sides = [set(map(fold, reviews.texts)) for reviews in splits.values()]
    assert not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]
    assert Counter(text for part in splits.values() for text in part.texts) == Counter(TEXTS)
    assert module.notes == []


def test_random_measures_its_leak(write):
    rows = [("same", i % 5 + 1) for i in range(50)] + [(f"other {i}", 1) for i in range(50)]
    module = data(write(rows), split="random", test=0.2, validation=0.25)
    splits = module.split_reviews(module.read())
    assert [len(splits[name].texts) for name in ("train", "validation", "test")] == [60, 20, 20]
    for name, note in zip(("validation", "test"), module.notes, strict=True):
        share = splits[name].texts.count("same") / 20
        assert share == leak(splits["train"].texts, splits[name].texts) > 0
        assert note.startswith(f"{name}: {share:.1%} of the reviews have a text that is also in")


def test_a_share_of_nothing_means_no_such_split(write):
    module = data(write(), test=0, validation=0)
    splits = module.split_reviews(module.read())
    assert list(splits) == ["train"]
    assert splits["train"].texts == [text for text in TEXTS if text]


CLEAN = Cleaning(strip_punctuation=True, strip_digits=True)


@pytest.mark.parametrize(
    ("cleaning", "gone"), [(None, [""]), (CLEAN, ["", "!!!", "5/5"])], ids=["as is", "cleaned"]
)
def test_what_is_empty_after_cleaning_is_dropped_and_counted(write, cleaning, gone):
    module = data(write(), cleaning, test=0, validation=0)
    assert module.split_reviews(module.read())["train"].texts == [t for t in TEXTS if t not in gone]
    counted = "1 review is" if len(gone) == 1 else f"{len(gone)} reviews are"
    assert module.notes == [f"train: {counted} empty after cleaning and dropped"]


def test_empty_reviews_can_be_kept(write):
    module = data(write(), CLEAN, test=0, validation=0, empty="keep")
    assert module.split_reviews(module.read())["train"].texts == TEXTS
    assert module.notes == []


def test_cleaning_moves_no_review_to_another_split(write):
    plain, cleaned = data(write()), data(write(), CLEAN)
    before, after = plain.split_reviews(plain.read()), cleaned.split_reviews(cleaned.read())
    for name, reviews in after.items():
        assert set(reviews.texts) <= set(before[name].texts)


def test_the_split_seed_moves_the_split_and_the_seed_does_not(write):
    rows = [(f"review {i}", i % 5 + 1) for i in range(100)]

    def test_texts(**options):
        return data(write(rows), **options).read()["test"].texts

    assert test_texts() == test_texts(seed=7) != test_texts(split_seed=7)
    assert test_texts(split_seed=7) == test_texts(split_seed=None, seed=7)


def test_the_fingerprint_is_of_the_content(write):
    same, moved = data(write()).fingerprint(), data(write(name="moved.csv")).fingerprint()
    assert same == moved != data(write(ROWS[1:])).fingerprint()


def test_batches_come_out(write):
    module = data(write(), CLEAN, batch_size=4, test=0.3, validation=0.3)
    module.prepare()
    assert module.facts()["num_classes"] == 5
    assert sum(module.facts()["class_counts"]) == len(module.corpus("train"))
    sizes = [len(module.corpus(name)) for name in ("train", "validation", "test")]
    assert sum(sizes) == len(TEXTS) - 3
    assert len(next(iter(module.train_dataloader())).labels) == 4


def test_every_option_that_moves_a_review_is_in_the_key_of_the_cache(write):
    options = [
        *({}, {"test": 0.3}, {"validation": 0.3}, {"split": "random"}, {"empty": "keep"}),
        *({"label_rule": "three"}, {"split_seed": 1}, {"before": "2025-01-01"}),
    ]
    keys = [str(data(write(), **option).split_options()) for option in options]
    assert len(set(keys)) == len(options)


def refused(source, **options):
    module = data(source, **options)
    with pytest.raises(InputError) as caught:
        module.fingerprint()
        module.split_reviews(module.read())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_file(tmp_path):
    path = str(tmp_path / "no.csv")
    assert refused(path) == f"data.source: {path!r} does not exist"


def test_a_folder(tmp_path):
    (tmp_path / "x.csv").mkdir()
    assert "x.csv' is a folder" in refused(str(tmp_path / "x.csv"))


def test_a_file_that_is_no_table(tmp_path):
    (tmp_path / "reviews.xlsx").write_bytes(b"PK")
    assert "reviews.xlsx' must end in .csv, .tsv" in refused(str(tmp_path / "reviews.xlsx"))
    (tmp_path / "reviews.csv").write_bytes(b"PK\x03\x04")
    assert "is an Excel workbook or a zip archive; save it as CSV" in refused(
        str(tmp_path / "reviews.csv")
    )


def test_a_missing_column_lists_those_there_are(write):
    message = refused(write(header=["id", "content", "stars"]))
    assert "has no column 'score'; its columns are id, content, stars" in message


@pytest.mark.parametrize("score", ["0", "6", "-1", "", "4.5", "five", "nan"])
def test_a_score_that_is_none_names_line_and_value(write, score):
    message = refused(write([*ROWS, ("late", score)]))
    assert f"line {len(ROWS) + 3}: score is {score!r}; allowed: 1, 2, 3, 4, 5" in message


def test_scores_may_be_written_as_whole_floats(write):
    _, _, labels = everything(write([(f"text {i}", f"{i % 5 + 1}.0") for i in range(10)]))
    assert labels == ["1", "2", "3", "4", "5"] * 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'score,content\n5,fine\n4,"never closed\n3,x\n', "line 3: bad quoting"),
        (b'score,content\n5,fine\n4,"closed" early\n', "line 3: bad quoting"),
        (b"score,content\n5,fine\n4,sch\xf6n\n", "line 3: byte 0xf6 is not UTF-8"),
        ("score,content\n5,gut\n".encode("utf-16")[:-1], "line 2: is damaged: not UTF-16-LE"),
        (b"score,content\n5,one,two\n", "line 2: has 3 fields"),
        (b"", "is empty"),
        (b"score,content\n", "has a header but no rows"),
    ],
)
def test_a_damaged_file_says_where(tmp_path, content, expected):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    assert expected in refused(str(path))


def test_fewer_reviews_than_classes(write):
    assert "training reviews for 5 classes" in refused(write(ROWS[:4]))
    assert "has 1 training review for 2 classes" in refused(write(ROWS[:1]), label_rule="polarity")


def test_a_share_that_holds_out_nothing(write):
    assert refused(write(), test=0.01).startswith("data.test: a share of 0.01 of 22")
    message = refused(write(), test=0, validation=0.01)
    assert message.startswith("data.validation: a share of 0.01 of 22 reviews holds out no")


def test_a_split_of_empty_reviews_only(write):
    message = refused(write([("?", i % 5 + 1) for i in range(9)]), cleaning=CLEAN, test=0)
    assert message.startswith("data.validation: ")  # one text cannot be on both sides
    message = refused(
        write([("?", i % 5 + 1) for i in range(9)]), cleaning=CLEAN, test=0, validation=0
    )
    assert message.startswith("data.empty: 'drop' leaves no train review")


@pytest.mark.parametrize("source", [None, ""])
def test_without_source_and_extra_the_message_names_every_way(monkeypatch, source):
    monkeypatch.setitem(sys.modules, "kagglehub", None)  # as if it were not installed
    message = refused(source)
    for way in ("data.source", "REVIEWLAB_NETFLIX", "reviewlab[kaggle]"):
        assert way in message


def test_the_extra_downloads(monkeypatch, write, tmp_path):
    write()
    asked = []
    download = SimpleNamespace(dataset_download=lambda name: asked.append(name) or str(tmp_path))
    monkeypatch.setitem(sys.modules, "kagglehub", download)
    module = data(None, test=0, validation=0)
    assert module.read()["train"].texts == TEXTS
    module.fingerprint()
    assert asked == ["ashishkumarak/netflix-reviews-playstore-daily-updated"]


def test_a_download_that_fails_names_the_other_ways(monkeypatch):
    def fail(name):
        raise RuntimeError("no route to host\nsecond line")

    monkeypatch.setitem(sys.modules, "kagglehub", SimpleNamespace(dataset_download=fail))
    message = refused(None)
    assert "cannot be downloaded from Kaggle (no route to host)" in message
    assert "REVIEWLAB_NETFLIX" in message


# the real reviews --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(netflix_source):
    module = data(str(netflix_source), test=0, validation=0)
    return module.read()["train"]


@pytest.mark.real_data
def test_the_real_file(real):
    assert len(real.texts) == len(real.labels) == 66_122
    shares = np.bincount(real.labels) / len(real.labels)
    assert shares == pytest.approx([0.374, 0.081, 0.079, 0.086, 0.379], abs=5e-4)
    assert sum("\n" in text for text in real.texts) == 3
    assert sum(text in ("None", "N/A") for text in real.texts) == 8
    assert 1 - len(set(real.texts)) / len(real.texts) == pytest.approx(0.2, abs=0.005)
    words = [len(text.split()) for text in real.texts]
    assert np.median(words) == 7
    assert np.mean(words) == pytest.approx(16.2, abs=0.05)


@pytest.mark.real_data
def test_by_row_a_fifth_leaks_and_by_text_nothing(netflix_source):
    leaks = {}
    for rule in ("grouped", "random"):
        module = data(str(netflix_source), split=rule)
        splits = module.split_reviews(module.read())
        leaks[rule] = leak(splits["train"].texts, splits["test"].texts)
        assert len(splits["test"].labels) == pytest.approx(0.2 * 66_122, abs=1)
        assert len(splits["validation"].labels) == pytest.approx(0.08 * 66_122, abs=1)
    assert leaks["grouped"] == 0
    assert leaks["random"] == pytest.approx(0.24, abs=0.01)
    assert module.notes[-1].startswith(f"test: {leaks['random']:.1%} of the reviews have a text")


@pytest.mark.real_data
def test_grouped_keeps_the_shares_of_the_stars(netflix_source):
    module = data(str(netflix_source))
    splits = module.split_reviews(module.read())
    for reviews in splits.values():
        shares = np.bincount(reviews.labels) / len(reviews.labels)
        assert shares == pytest.approx([0.3744, 0.0810, 0.0795, 0.0858, 0.3792], abs=3e-4)


@pytest.mark.real_data
def test_half_of_the_real_reviews_are_of_2024_and_earlier(netflix_source):
    module = data(str(netflix_source), before="2025-01-01", test=0, validation=0)
    labels = module.read()["train"].labels
    assert len(labels) == 30_461
    shares = np.bincount(labels) / len(labels)
    assert -(shares * np.log(shares)).sum() == pytest.approx(1.444, abs=5e-4)


def test_validation_reviews_know_their_row_and_those_of_their_text(write):
    module = data(write(), test=0.2, validation=0.5, batch_size=1)
    module.prepare()
    reviews, corpus = module.read_split("validation"), module.corpus("validation")
    assert [TEXTS[place] for place in corpus.places] == reviews.texts
    assert len({*corpus.groups.tolist()}) == len({*map(fold, reviews.texts)})
    assert data(write(), split="random").read()["train"].groups is None
