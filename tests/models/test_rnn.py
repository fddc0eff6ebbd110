"""Recurrent classifiers have as many parameters as those of Keras."""

from typing import Any

import pytest

import reviewlab.models
from reviewlab.models.classifier import ReviewClassifier


def parameters(model: ReviewClassifier, *, like_keras: bool) -> int:
    """Count the parameters like Keras, with one bias vector per gate instead of two."""
    named = model.named_parameters()
    return sum(p.numel() for name, p in named if not (like_keras and "bias_hh" in name))


@pytest.mark.parametrize(
    ("name", "arguments", "torch_count", "keras_count"),
    [
        ("RNNClassifier", {"vocab_size": 200, "input": "one_hot"}, 1689, 1681),
        ("RNNClassifier", {"vocab_size": 500}, 8217, 8209),
        ("LSTMClassifier", {"vocab_size": 500}, 8841, 8809),
        ("LSTMClassifier", {"vocab_size": 500, "num_layers": 2}, 9417, 9353),
    ],
)
def test_the_study_notes_parameter_counts(
    name: str, arguments: dict[str, Any], torch_count: int, keras_count: int
) -> None:
    """Note 2 prints summaries of Keras; its classifier has one output."""
    model = getattr(reviewlab.models, name)(reviewlab.nn.BCE(2), **arguments)
    assert parameters(model, like_keras=False) == torch_count
    assert parameters(model, like_keras=True) == keras_count


def test_the_gru_has_keras_count_with_both_biases() -> None:
    model = reviewlab.models.GRUClassifier(reviewlab.nn.BCE(2), vocab_size=500)
    assert parameters(model, like_keras=False) == 8633
