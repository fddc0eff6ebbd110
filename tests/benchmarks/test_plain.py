"""The plain loop trains the same network."""

import numpy as np
import pytest
import torch

from reviewlab.benchmarks import (
    training,
)
from reviewlab.benchmarks.plain import (
    OverTokens,
    evaluate,
    over_features,
    resident,
)
from reviewlab.running.run import load_parts


def test_the_plain_network_answers_like_the_classifier(bench):
    parts = load_parts(bench.experiment(*training.LSTM))
    corpus, text = parts.data.corpus("test"), parts.data.text
    batch = corpus.gather(np.arange(len(corpus)), text)
    inputs, labels = resident(corpus, text)
    network = OverTokens(parts.classifier, text.pad_id)
    outputs = parts.classifier(*batch.inputs)
    torch.testing.assert_close(evaluate(network, inputs, 7), outputs.detach())
    assert torch.equal(labels, batch.labels)


def test_layers_over_features_refuse_a_network_without_features(bench):
    parts = load_parts(bench.experiment(*training.LSTM))
    with pytest.raises(TypeError, match="RecurrentEncoder"):
        over_features(parts.classifier)
