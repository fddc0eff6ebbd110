"""A text gets the same scores wherever it stands in a table."""

import numpy as np
import pytest
from tests import handmade

from reviewlab.explaining import scoring
from reviewlab.explaining.scoring import score

TEXTS = ["", "bad", "slow start, but worth it", "good " * 50, "😀", "a\0b", "unknown", "bad film"]


def test_neighbours_order_and_batches_change_nothing(monkeypatch):
    made = handmade.classifier()
    alone = np.concatenate([score(made, [text]).probabilities for text in TEXTS])
    assert np.ptp(alone, axis=0).max() > 0.2  # or this test would show nothing
    for batch_size, tokens in [(1, 2**18), (3, 2**18), (256, 2**18), (256, 25), (256, 1)]:
        monkeypatch.setattr(scoring, "TOKENS_AT_A_TIME", tokens)
        together = score(made, TEXTS, batch_size)
        np.testing.assert_allclose(together.probabilities, alone, atol=1e-6)
        np.testing.assert_array_equal(together.predictions, alone.argmax(1))
        backwards = score(made, TEXTS[::-1], batch_size)
        np.testing.assert_allclose(backwards.probabilities[::-1], alone, atol=1e-6)


def test_nothing_to_score():
    scores = score(handmade.classifier(), [])
    assert scores.predictions.shape == (0,)
    assert scores.probabilities.shape == (0, 3)


def test_batches_hold_as_many_tokens_as_allowed(monkeypatch):
    monkeypatch.setattr(scoring, "TOKENS_AT_A_TIME", 100)
    lengths = np.array([1000, 60, 40, 30, 20, 10, 10, 10, 0, 0])
    cut = [(batch.start, batch.stop) for batch in scoring._batches(lengths, 4)]
    assert cut == [(0, 1), (1, 2), (2, 4), (4, 8), (8, 12)]


def test_a_review_of_a_megabyte():
    made = handmade.classifier()
    made.text_encoder.max_length = None
    probabilities = score(made, ["good film " * 20_000, "good"]).probabilities
    assert np.isfinite(probabilities).all()
    assert probabilities.sum(1) == pytest.approx(1)
