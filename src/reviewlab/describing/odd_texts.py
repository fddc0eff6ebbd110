"""Empty, repeated and contradicting texts, with examples."""

from collections import Counter
from collections.abc import Callable, Sequence

from reviewlab.console.text import legible, shorten
from reviewlab.data.repetitions import RepeatedText, Repetitions
from reviewlab.data.reviews import Reviews, is_empty
from reviewlab.describing.description import OddText, OddTexts

EXAMPLES = 4
"""Texts that are shown of each kind."""

LONGEST_TEXT = 200
"""Characters of a text that are kept."""


def find_odd_texts(
    reviews: Reviews,
    repetitions: Repetitions,
    clean: Callable[[str], str],
    names: Sequence[str],
) -> OddTexts:
    """Count the reviews whose text stands out.

    Args:
        reviews: of all splits.
        repetitions: of these reviews.
        clean: cleans a text.
        names: of the classes.
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
    """Find the texts of which cleaning leaves nothing, the most frequent one first."""
    found: dict[str, RepeatedText] = {}
    for text, label in zip(reviews.texts, reviews.labels.tolist(), strict=True):
        if is_empty(text, clean):
            found.setdefault(text, RepeatedText(text, Counter())).labels[label] += 1
    return sorted(found.values(), key=lambda text: -text.labels.total())


def _describe(texts: Sequence[RepeatedText], names: Sequence[str]) -> list[OddText]:
    return [
        OddText(
            shorten(legible(text.text), LONGEST_TEXT),
            text.labels.total(),
            {names[label]: count for label, count in sorted(text.labels.items())},
        )
        for text in texts[:EXAMPLES]
    ]
