"""Attention is drawn over the words of fixed reviews."""

import pytest
from tests.inspection.conftest import Looked
from tests.pretrained_sources import source

from reviewlab.inspection import (
    AttentionMaps,
)
from reviewlab.models import (
    LSTMAttentionClassifier,
    PretrainedClassifier,
    TransformerClassifier,
)


@pytest.mark.parametrize(
    "model",
    [
        LSTMAttentionClassifier,
        lambda o, v: TransformerClassifier(o, v, max_length=9),
        lambda o, v: PretrainedClassifier(o, v, 20, source()),
    ],
    ids=["lstm_attention", "transformer", "pretrained"],
)
def test_attention_is_drawn_over_the_same_reviews_each_time(looked: Looked, model) -> None:
    maps = AttentionMaps(every_n_epochs=1, reviews=4)
    looked.train(maps, model=model)
    for number in range(4):
        events = looked.events.Images(f"attention/review_{number:02}")
        assert [event.step for event in events] == [5, 10, 15]
        assert len({event.width for event in events}) == 1
