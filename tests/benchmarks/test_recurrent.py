"""Recurrent networks beside the plain loop, in training and in validation."""

from dataclasses import replace

import pytest

from reviewlab.benchmarks import recurrent, training
from reviewlab.benchmarks.plain import OverTokens
from reviewlab.benchmarks.recurrent_rows import RECURRENT
from reviewlab.nn import kernels
from reviewlab.running.run import load_parts


@pytest.fixture
def bench(bench):
    """The workbench, with half of the reviews for training: 5 % of thirty would be one review."""
    return replace(bench, overrides=(*bench.overrides, "data.validation=0.5"))


@pytest.mark.parametrize("measure", [recurrent.step, recurrent.long_step, recurrent.validation])
def test_both_ways_are_measured_as_often_as_told(bench, measure):
    pairs = measure(bench)
    assert len(pairs.ours) == len(pairs.reference) == bench.pairs
    assert min(*pairs.ours, *pairs.reference) > 0


@pytest.mark.skipif(not kernels.is_available(), reason="the kernel was not compiled here")
@pytest.mark.parametrize(
    ("name", "cell", "readers"),
    [
        ("step", "lstm", [1]),
        ("step_gru", "gru", [1]),
        ("step_rnn", "rnn", [1]),
        ("long_lstm", "lstm", [1]),
        ("long_gru", "gru", [1]),
        ("long_both", "lstm", [2, 2]),
    ],
)
def test_the_kernel_runs_beside_torchs_layers(bench, name, cell, readers):
    row = RECURRENT[name]
    bench = replace(bench, overrides=(*bench.overrides, *row.overrides))
    options = training.LSTM if row.measure == "recurrent.step" else recurrent.LONG
    classifier = load_parts(bench.experiment(*options)).classifier
    assert classifier.cell == cell
    assert [len(layer) for layer in classifier.encoder.recurrent.layers] == readers
    assert kernels.kernel_of(classifier).kind == "compiled"
    assert kernels.kernel_of(OverTokens(classifier, pad_id=0)).kind == "torch"


def test_steps_are_the_epochs_divided(bench):
    parts = load_parts(bench.experiment(*training.LSTM))
    steps = len(parts.data.train_dataloader())
    pairs = recurrent.per_step(training.Pairs([4.0], [8.0]), parts)
    assert pairs.ours == [4.0 / steps] and pairs.reference == [8.0 / steps]
