"""Describe an exported classifier: its inputs, its output, and how texts become token ids."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from reviewlab.exporting.tracing import INPUTS, OUTPUT
from reviewlab.models.classifier import ReviewClassifier

KEY = "reviewlab"
"""The name of the metadata in an exported file."""

IDS = {
    "token_ids": "ids of a text's tokens, in order, cut and padded as text_encoder.layout says",
    "ngrams": "distinct ids of a text's n-grams, in any order, padded with 0",
}
MASK = "true for ids of the text, false for padding"


def describe_program(classifier: ReviewClassifier, axes: Sequence[str | int]) -> dict[str, Any]:
    """Describe a traced classifier, as JSON types.

    Args:
        classifier: the classifier.
        axes: the axes of both inputs; a name stands for any size, and a number for the only size.
    """
    ids, mask = INPUTS
    return {
        "version": version("reviewlab"),
        "classifier": type(classifier).__name__,
        "labels": list(classifier.label_names),
        "ordinal": classifier.ordinal,
        "decision": decision_of(classifier),
        "inputs": {
            ids: {"type": "int64", "shape": [*axes], "meaning": IDS[classifier.inputs]},
            mask: {"type": "bool", "shape": [*axes], "meaning": MASK},
        },
        "outputs": {
            OUTPUT: {
                "type": "float32",
                "shape": [axes[0], len(classifier.label_names)],
                "meaning": "the probability of each label; a row sums to 1",
            }
        },
    }


def decision_of(classifier: ReviewClassifier) -> str:
    """Return the rule by which a class is predicted from the probabilities.

    A loss without a choice of rules predicts the most probable class.
    """
    return str(classifier.objective.arguments.get("decision", "mode"))
