"""IMDB in all its forms, and facts about its Keras encoding."""

import subprocess
import sys
from collections import Counter

import datasets
import numpy as np
import pytest
from tests.data.imdb_reviews import FORMS, REVIEWS, form_hub, module, rows

from reviewlab.data import hub
from reviewlab.exceptions import InputError
from reviewlab.text.words import KERAS_FILTERS, WordEncoder


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_reviews_in_the_same_order(form, tmp_path):
    reviews = module(form(tmp_path)).read()
    assert list(reviews) == ["train", "test"]
    for split in reviews:
        assert (reviews[split].texts, reviews[split].labels.tolist()) == rows(split)
        assert reviews[split].labels.dtype == np.int64


@pytest.mark.parametrize("form", FORMS)
def test_the_fingerprint_is_that_of_the_content_wherever_it_lies(form, tmp_path):
    source = form(tmp_path)
    before = module(source).fingerprint()
    moved = tmp_path / "moved"
    moved.mkdir()
    source = source.rename(moved / source.name)
    assert module(source).fingerprint() == before
    file = (
        source
        if source.is_file()
        else next(
            f
            for f in sorted(source.rglob("test*/**/*.txt"))
            or sorted(source.rglob("test-*.parquet"))
        )
    )
    file.write_bytes(file.read_bytes() + b" ")
    assert module(source).fingerprint() != before


def test_unlabelled_reviews_are_no_part_of_the_content(tmp_path):
    source = form_hub(tmp_path)
    before = module(source).fingerprint()
    (source / "plain_text" / "unsupervised-00000-of-00001.parquet").unlink()
    assert module(source).fingerprint() == before


def test_the_hub_is_asked_once_for_a_cache(tmp_path, monkeypatch):
    source = form_hub(tmp_path)
    data_files = {split: str(source / "plain_text" / f"{split}-*.parquet") for split in REVIEWS}
    loaded = datasets.load_dataset(
        "parquet", data_files=data_files, cache_dir=str(tmp_path / "hub"), download_config=None
    )
    asked = []
    monkeypatch.setattr(hub, "_answers", lambda: True)
    monkeypatch.setattr(datasets, "load_dataset", lambda name: asked.append(name) or loaded)
    for _ in range(2):
        data = module("owner/imdb", tmp_path / "cache")
        data.prepare()
        assert len(data.corpus("train")) == 3
        assert data.corpus("test").labels.tolist() == [0, 1]
    assert set(asked) == {"owner/imdb"} and len(asked) == 2  # fingerprint and reviews, once each


def test_without_the_hub_the_message_names_what_to_give(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr(hub, "_answers", lambda: False)
    line = r"data\.source: 'owner/imdb' .*is not responding.*REVIEWLAB_IMDB.*plain_text.*tar\.gz"
    with pytest.raises(InputError, match=line) as caught:
        module("owner/imdb", tmp_path / "cache").prepare()
    assert "\n" not in str(caught.value)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"data\.source: '.*nowhere' does not exist"):
        module(tmp_path / "nowhere").prepare()


def test_a_folder_without_reviews_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InputError, match=r"data\.source: .* contains no IMDB reviews"):
        module(tmp_path).prepare()


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "imdb.zip").write_text("")
    with pytest.raises(
        InputError, match=r"data\.source: .*imdb.zip' is not allowed; allowed: a fo"
    ):
        module(tmp_path / "imdb.zip").prepare()


WARM = """
import sys
import reviewlab.cli
from reviewlab.data.imdb import IMDBDataModule
from reviewlab.text.words import WordEncoder
data = IMDBDataModule(
    WordEncoder(), source=sys.argv[1], batch_size=1, validation=0, cache_dir=sys.argv[2]
)
data.prepare()
assert data.facts()["class_counts"] == [2, 1]
next(iter(data.train_dataloader()))
print(*{"datasets", "pyarrow", "tokenizers", "filelock", "pandas"} & set(sys.modules))
"""


def test_a_warm_start_imports_nothing_that_reads_data(tmp_path):
    source = form_hub(tmp_path)
    module(source, tmp_path / "cache").prepare()
    command = [sys.executable, "-c", WARM, str(source), str(tmp_path / "cache")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# The real reviews --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(imdb_source, tmp_path_factory):
    """The data with all words of the 25,000 training reviews in the vocabulary, as in Keras."""
    data = module(imdb_source, text=WordEncoder(), fit_on="source")
    data.prepare()
    return data


@pytest.fixture(scope="module")
def reviews(real):
    return real.read()


@pytest.mark.real_data
def test_the_source_is_ordered_by_label(reviews):
    for split in ("train", "test"):
        assert reviews[split].labels.tolist() == [0] * 12_500 + [1] * 12_500


@pytest.mark.real_data
def test_keras_finds_88582_words(real):
    assert len(real.text.words) == 88_582
    assert real.text.words[:5] == ["the", "and", "a", "of", "to"]
    assert real.facts()["vocab_size"] == 88_586


@pytest.mark.real_data
def test_the_ids_of_the_review_that_the_book_prints(reviews):
    text = WordEncoder(num_words=300)
    text.fit(reviews["train"].texts)
    printed = next(t for t in reviews["train"].texts if t.startswith("this film was just brill"))
    ids, offsets = text.encode([printed])
    assert offsets.tolist() == [0, 218]
    first = [1, 14, 22, 16, 43, 2, 2, 2, 2, 65, 2, 2, 66, 2, 4, 173, 36, 256, 5, 25]
    assert ids[:20].tolist() == first
    assert ids[-13:].tolist() == [283, 5, 16, 2, 113, 103, 32, 15, 16, 2, 19, 178, 32]


@pytest.mark.real_data
def test_the_ids_of_all_50000_reviews_are_those_of_a_ten_line_reference(real, reviews):
    table = str.maketrans(dict.fromkeys(KERAS_FILTERS, " "))

    def words(text):
        return [word for word in text.lower().translate(table).split(" ") if word]

    counts = Counter(word for text in reviews["train"].texts for word in words(text))
    known = {word: rank for rank, (word, _) in enumerate(counts.most_common(), start=4)}
    for split in ("train", "test"):
        corpus = real.corpus(split)
        begins = corpus.offsets.tolist()
        assert len(corpus) == 25_000
        for number, text in enumerate(reviews[split].texts):
            ids = [1, *(known.get(word, 2) for word in words(text))]
            assert corpus.ids[begins[number] : begins[number + 1]].tolist() == ids


@pytest.mark.real_data
def test_the_library_of_the_hub_loads_the_same(imdb_source, reviews, tmp_path):
    loaded = datasets.load_dataset(str(imdb_source), cache_dir=str(tmp_path))
    for split in ("train", "test"):
        assert list(loaded[split]["text"]) == reviews[split].texts
        assert list(loaded[split]["label"]) == reviews[split].labels.tolist()


@pytest.mark.real_data
def test_a_fifth_is_held_out_of_each_class(imdb_source):
    data = module(imdb_source, text=WordEncoder(num_words=500), validation=0.2)
    data.prepare()
    assert [
        np.bincount(data.corpus(s).labels).tolist() for s in ("train", "validation", "test")
    ] == [
        [10_000, 10_000],
        [2_500, 2_500],
        [12_500, 12_500],
    ]
    first = next(iter(data.train_dataloader()))
    assert data.facts()["vocab_size"] == 500
    assert first.inputs.token_ids.max() < 500
