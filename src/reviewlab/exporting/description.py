"""Describe an exported classifier: its inputs, its output, and how texts become token ids."""

from collections.abc import Sequence
from typing import Any

import reviewlab
from reviewlab.exporting.tracing import OUTPUT
from reviewlab.models.classifier import ReviewClassifier

KEY = "reviewlab"
"""The name of the metadata in an exported file."""

IDS = {
    "token_ids": "ids of a text's tokens, in order, cut and padded as text_encoder.layout says",
    "ngrams": "distinct ids of a text's n-grams, in any order, padded with 0",
}
PIXELS = "grey levels from 0 to 1, bright on a dark ground"
MASK = "true for ids of the text, false for padding"


def describe_program(classifier: ReviewClassifier, axes: Sequence[str | int]) -> dict[str, Any]:
    """Describe a traced classifier, as JSON types.

    Args:
        classifier: the classifier.
        axes: the axes of every input; a name stands for any size, and a number for the only size.
    """
    return {
        "version": reviewlab.__version__,
        "classifier": type(classifier).__name__,
        "labels": list(classifier.label_names),
        "ordinal": classifier.ordinal,
        "decision": decision_of(classifier),
        "inputs": _describe_inputs(classifier, axes),
        "outputs": {
            OUTPUT: {
                "type": "float32",
                "shape": [axes[0], len(classifier.label_names)],
                "meaning": "the probability of each label; a row sums to 1",
            }
        },
    }


def _describe_inputs(
    classifier: ReviewClassifier, axes: Sequence[str | int]
) -> dict[str, dict[str, Any]]:
    """Describe each input, by name.

    Args:
        classifier: the classifier.
        axes: the axes of every input.
    """
    shape = [*axes]
    if classifier.inputs == "images":
        return {"images": {"type": "float32", "shape": shape, "meaning": PIXELS}}
    return {
        "token_ids": {"type": "int64", "shape": shape, "meaning": IDS[classifier.inputs]},
        "mask": {"type": "bool", "shape": shape, "meaning": MASK},
    }


def decision_of(classifier: ReviewClassifier) -> str:
    """Return the rule by which a class is predicted from the probabilities.

    A loss without a choice of rules predicts the most probable class.
    """
    return str(classifier.objective.arguments.get("decision", "mode"))
