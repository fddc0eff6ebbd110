"""Reviews that become the corpora of their splits."""

import numpy as np

from reviewlab.data.encoding import encode_splits
from reviewlab.data.reviews import Reviews
from reviewlab.text.words import WordEncoder

REPEATED = Reviews(["good", "Good!", "bad"], np.array([1, 1, 0]))
DISTINCT = Reviews(["good", "bad"], np.array([1, 0]))


def corpora(tmp_path, **splits):
    text = WordEncoder()
    text.fit(["good bad"])
    folder = tmp_path / "entry"
    folder.mkdir()
    return encode_splits(folder, splits, text).corpora


def test_validation_reviews_with_the_same_text_are_known(tmp_path):
    made = corpora(tmp_path, train=REPEATED, validation=REPEATED)
    assert made["validation"].texts.tolist() == [0, 0, 1]
    assert made["train"].texts is None  # only validation reviews are judged by


def test_distinct_texts_need_no_numbers(tmp_path):
    assert corpora(tmp_path, train=REPEATED, validation=DISTINCT)["validation"].texts is None
