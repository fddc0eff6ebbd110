"""Labels from the words of a review, by TextBlob's lexicon, in place of its stars."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from reviewlab.exceptions import InputError


def textblob_version() -> str:
    """Which TextBlob there is: another one may have another lexicon.

    Raises: InputError when it is not installed.
    """
    try:
        return version("textblob")
    except PackageNotFoundError:
        raise InputError(
            "data.label_rule: 'textblob' needs the extra: pip install 'reviewlab[textblob]'"
        ) from None


def polarity_labels(texts: Sequence[str]) -> NDArray[np.int64]:
    """0, 1 or 2 for each text whose polarity is negative, zero or positive.

    The polarity, from -1 to 1, is the mean over the words that the lexicon knows (TextBlob's
    PatternAnalyzer; https://textblob.readthedocs.io). A text without any is neutral.
    """
    from textblob import TextBlob  # imports nltk: a second that only this rule needs

    polarities = [TextBlob(text).sentiment.polarity for text in texts]
    return np.sign(polarities).astype(np.int64) + 1
