"""Repeated and contradicting texts, with examples."""

from collections.abc import Sequence

from reviewlab.console.text import legible, shorten
from reviewlab.data.repetitions import RepeatedText, Repetitions
from reviewlab.describing.description import RepetitionFacts, TextFacts

EXAMPLES = 5
"""Texts that are shown of each kind."""

LONGEST_TEXT = 200
"""Characters of a text that are kept."""


def summarise_repetitions(repetitions: Repetitions, names: Sequence[str]) -> RepetitionFacts:
    """Count the reviews and take the most frequent texts as examples.

    Args:
        repetitions: all texts that several reviews have.
        names: of the classes.
    """
    contradicting = repetitions.contradicting
    return RepetitionFacts(
        repetitions.repeating,
        repetitions.in_contradiction,
        [_describe(text, names) for text in repetitions.texts[:EXAMPLES]],
        [_describe(text, names) for text in contradicting[:EXAMPLES]],
    )


def _describe(text: RepeatedText, names: Sequence[str]) -> TextFacts:
    labels = {names[label]: count for label, count in sorted(text.labels.items())}
    return TextFacts(shorten(legible(text.text), LONGEST_TEXT), text.labels.total(), labels)
