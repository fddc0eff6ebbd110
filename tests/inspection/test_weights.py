"""Histograms contain the exact weights."""

import pytest
from tests.inspection.conftest import Looked

from reviewlab.inspection import (
    WeightHistograms,
)


def test_weights_stand_at_the_start_and_at_the_end(looked: Looked) -> None:
    classifier, _ = looked.train(WeightHistograms(every_n_epochs=3))
    for name, parameter in classifier.named_parameters():
        events = looked.events.Histograms(f"weights/{name}")
        assert [event.step for event in events] == [0, 15]
        assert events[1].histogram_value.num == parameter.numel()
        assert events[1].histogram_value.sum == pytest.approx(
            float(parameter.detach().sum()), abs=1e-4
        )
