"""Training against a plain loop that computes the same."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from reviewlab.benchmarks import (
    training,
)
from reviewlab.benchmarks.plain import (
    OverTokens,
    features,
    over_features,
    resident,
)
from reviewlab.running.run import load_parts, make_training


@pytest.mark.parametrize("network", ["lstm", "mlp"])
def test_the_run_and_the_plain_loop_compute_the_same_losses(bench, network):
    overrides = training.LSTM if network == "lstm" else training.MLP
    experiment = bench.experiment(*overrides, "trainer.max_epochs=3")
    parts = load_parts(experiment)
    corpus, text = parts.data.corpus("train"), parts.data.text
    inputs, labels = resident(corpus, text)
    plain = OverTokens(parts.classifier, text.pad_id)
    if network == "mlp":
        inputs, plain = features(parts.classifier, corpus, text), over_features(parts.classifier)
    loop = training.make_loop(experiment, parts, plain, inputs, labels)
    sampler, expected = parts.data.train_dataloader().sampler, []
    for epoch in range(3):
        sampler.set_epoch(epoch)
        order = torch.from_numpy(sampler.order())
        expected.append(sum(loop.step(rows).item() * len(rows) for rows in order.split(8)))
    result = make_training(experiment, bench.run_folder()).run(parts.classifier, parts.data)
    losses = [epoch["train/training_loss"] * len(labels) for epoch in result.curves]
    np.testing.assert_allclose(losses, expected, rtol=1e-5)


@pytest.mark.parametrize("measure", [training.attention, training.filters, training.demo])
def test_looking_is_a_part_of_the_training_it_looks_at(bench, measure):
    if measure is training.demo:
        bench = replace(bench, overrides=("data.reviews=100",))
    pairs = measure(bench)
    assert len(pairs.ours) == bench.pairs
    assert all(0 < ours < whole for ours, whole in zip(pairs.ours, pairs.reference, strict=True))
