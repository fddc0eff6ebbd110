"""Find empty, repeated and contradicting texts, with examples."""

from collections import Counter
from collections.abc import Callable, Sequence

from reviewlab.console.text import legible, shorten
from reviewlab.data.repetitions import RepeatedText, Repetitions
from reviewlab.data.reviews import Reviews, is_empty
from reviewlab.describing.description import OddText, OddTexts

EXAMPLES = 4
"""Number of texts of each kind to show."""

LONGEST_TEXT = 200
"""Maximum number of characters of a text to keep."""


def find_odd_texts(
    reviews: Reviews,
    repetitions: Repetitions,
    clean: Callable[[str], str],
    names: Sequence[str],
) -> OddTexts:
    """Count the reviews with conspicuous texts, and collect examples.

    Args:
        reviews: the reviews of all splits.
        repetitions: the repeated texts of these reviews.
        clean: function that cleans a text.
        names: names of the classes.
    """
    contradicting = repetitions.contradicting
    empty = _find_empty(reviews, clean)
    return OddTexts(
        empty=sum(text.labels.total() for text in empty),
        repeating=repetitions.repeating,
        contradicting=repetitions.in_contradiction,
        most_empty=_describe(empty, names),
        most_repeated=_describe(repetitions.texts, names),
        most_contradicting=_describe(contradicting, names),
    )


def _find_empty(reviews: Reviews, clean: Callable[[str], str]) -> list[RepeatedText]:
    """Find the texts that are empty after cleaning, most frequent first."""
    empty: dict[str, RepeatedText] = {}
    for text, label in zip(reviews.texts, reviews.labels.tolist(), strict=True):
        if is_empty(text, clean):
            empty.setdefault(text, RepeatedText(text, Counter())).labels[label] += 1
    return sorted(empty.values(), key=lambda text: -text.labels.total())


def _describe(texts: Sequence[RepeatedText], names: Sequence[str]) -> list[OddText]:
    return [
        OddText(
            shorten(legible(text.text), LONGEST_TEXT),
            text.labels.total(),
            {names[label]: count for label, count in sorted(text.labels.items())},
        )
        for text in texts[:EXAMPLES]
    ]
