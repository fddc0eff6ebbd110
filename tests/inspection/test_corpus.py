"""The figures of the corpus count correctly what the model reads, and appear once."""

import pytest
from tests.inspection.conftest import TEXTS, Looked

from reviewlab.data.corpus import Corpus
from reviewlab.data.loader import ReviewLoader
from reviewlab.inspection import (
    CorpusFigures,
)
from reviewlab.inspection.corpus import facts, histogram
from reviewlab.text.words import WordEncoder


def test_the_corpus_is_counted_right(loader: ReviewLoader) -> None:
    """There are eight ids, four of them for words: good, film, bad, never."""
    known = facts(loader)
    assert known["reviews"] == 5
    assert known["longest"] == 7 and known["median"] == 2
    assert known["cut"] == 1 / 5
    words = {word for word in loader.text.words if word}
    rows = [[word.strip("|`") for word in text.split() if word != "|"] for text in TEXTS]
    unknown = sum(word not in words for row in rows for word in row)
    assert known["unknown"] == pytest.approx(unknown / sum(map(len, rows)))


def test_the_id_before_a_review_is_none_of_its_words() -> None:
    text = WordEncoder(max_length=2, num_words=5)
    text.fit(["good good"])
    arrays = text.encode(["xx yy", "good xx"])
    known = facts(ReviewLoader(Corpus.from_arrays(*arrays, [0, 1]), text, 2))
    assert known["unknown"] == 3 / 4 and known["median"] == 2
    assert known["cut"] == 1  # two words and the start id are three ids


def test_the_histogram_says_how_many_are_cut(loader: ReviewLoader) -> None:
    axes = histogram(loader).axes[0]
    assert "20.0%" in axes.get_title() and axes.get_legend() is None
    assert sum(bar.get_height() for bar in axes.patches) == 5


def test_the_corpus_is_shown_once(looked: Looked) -> None:
    looked.train(CorpusFigures(every_n_epochs=1))
    [text] = looked.texts("corpus/lengths")
    assert "| training | 36 |" in text and "| held out | 9 |" in text
    assert [event.step for event in looked.events.Images("corpus/lengths")] == [0]


def test_what_is_not_held_out_is_not_shown_as_held_out(looked: Looked) -> None:
    looked.setup.data["validation"] = 0.0
    looked.train(CorpusFigures(every_n_epochs=1))
    [text] = looked.texts("corpus/lengths")
    assert "| training | 45 |" in text and "held out" not in text
