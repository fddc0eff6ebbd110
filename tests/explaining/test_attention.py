"""The attention to the words of a text."""

import pytest
import torch
from tests.explaining.classifiers import TEXT, described, lstm, words

from reviewlab.explaining.attention import word_attention
from reviewlab.explaining.reading import read
from reviewlab.models import LSTMAttentionClassifier
from reviewlab.nn import CrossEntropy


def test_the_weights_of_the_words_add_up() -> None:
    torch.manual_seed(0)
    text = words(start_id=None)
    made = described(LSTMAttentionClassifier(CrossEntropy(3), text.vocab_size, hidden_size=8), text)
    reading = read(made.text_encoder, TEXT)
    weights = word_attention(made, reading)
    assert weights is not None and len(weights) == len(reading.words)
    assert sum(weight or 0.0 for weight in weights) == pytest.approx(1, abs=1e-5)
    short = words(start_id=None, max_length=2)
    made.describe(short, made.label_names, {})
    first, second, *rest = word_attention(made, read(short, TEXT)) or []
    assert first and second and rest == [None] * (len(reading.words) - 2)


def test_a_model_without_attention_has_none() -> None:
    made = lstm()
    assert word_attention(made, read(made.text_encoder, TEXT)) is None
