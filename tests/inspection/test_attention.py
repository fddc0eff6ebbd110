"""Attention is drawn for the words of fixed reviews."""

import re
from unittest import mock

import pytest
from tests.inspection.conftest import Looked
from tests.pretrained_sources import source

from reviewlab.inspection import AttentionMaps, attention
from reviewlab.models import (
    LSTMAttentionClassifier,
    PretrainedClassifier,
    TransformerClassifier,
)
from reviewlab.nn import CrossEntropy


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


def test_a_title_says_what_the_objective_predicts(looked: Looked) -> None:
    with (
        mock.patch.object(attention, "heat_map", wraps=attention.heat_map) as draw,
        mock.patch.object(CrossEntropy, "predictions", lambda self, outputs: outputs.argmin(1)),
    ):
        looked.train(AttentionMaps(every_n_epochs=1, reviews=4), model=LSTMAttentionClassifier)
    said = [re.search(r"said .* \(([.\d]+)\)$", call.args[0]) for call in draw.call_args_list]
    assert len(said) == 12 and all(said)
    assert all(float(title[1]) <= 0.5 for title in said if title)
