"""Labels of Netflix reviews, from their stars or from their words."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.reviews import LEFT_OUT
from reviewlab.exceptions import InputError

Labels = NDArray[np.int64]
LabelRule = Literal["stars", "polarity", "three", "textblob"]

LABEL_NAMES: dict[LabelRule, tuple[str, ...]] = {
    "stars": ("1", "2", "3", "4", "5"),
    "polarity": ("negative", "positive"),
    "three": ("negative", "neutral", "positive"),
    "textblob": ("negative", "neutral", "positive"),
}
_LABELS: dict[str, list[int]] = {  # one label for each score from 1 to 5
    "stars": [0, 1, 2, 3, 4],
    "polarity": [0, 0, LEFT_OUT, 1, 1],
    "three": [0, 0, 1, 2, 2],
}


def label_reviews(rule: LabelRule, texts: Sequence[str], scores: Labels) -> Labels:
    """Label reviews by a rule.

    Args:
        rule: a key of `LABEL_NAMES`.
        texts: one string per review; used only by `textblob`.
        scores: int64 `[reviews]`, 1 to 5; used by all other rules.

    Returns:
        int64 `[reviews]`: indices into `LABEL_NAMES[rule]`, or `LEFT_OUT`.
    """
    if rule == "textblob":
        return _polarities(texts)
    return np.array(_LABELS[rule])[scores - 1]


def textblob_version() -> str:
    """Return the version of TextBlob, since its lexicon may change between versions.

    Raises:
        InputError: TextBlob is not installed.
    """
    try:
        return version("textblob")
    except PackageNotFoundError:
        raise InputError(
            "data.label_rule: 'textblob' needs an extra; run: pip install 'reviewlab[textblob]'"
        ) from None


def _polarities(texts: Sequence[str]) -> Labels:
    """Label each text 0, 1 or 2 if its polarity is negative, zero or positive, respectively.

    The polarity, from -1 to 1, is the mean over the words in the lexicon (TextBlob's
    PatternAnalyzer; https://textblob.readthedocs.io). A text without such words is neutral.
    """
    from textblob import TextBlob  # imports nltk, which takes a second and only this rule needs

    polarities = [TextBlob(text).sentiment.polarity for text in texts]
    return np.sign(polarities).astype(np.int64) + 1
