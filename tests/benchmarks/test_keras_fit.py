"""Keras in a process of its own, which trains an epoch when it is asked to."""

import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from reviewlab.benchmarks import keras_fit
from reviewlab.running.run import load_parts

with_keras = pytest.mark.skipif(
    find_spec("keras") is None or find_spec("jax") is None,
    reason="no Keras here: pip install 'reviewlab[benchmark]'",
)
COUNT = """
import sys
from reviewlab.benchmarks.keras_worker import make_model
for layer in sys.argv[1:]:
    model = make_model(layer)
    model.build((None, 100))
    print(model.count_params())
"""

ANSWERS = """
import os, sys
for _ in sys.stdin:
    with open(sys.argv[2], "a") as log:
        print(sys.argv[1], len(os.sched_getaffinity(0)), file=log)
    print("trained", flush=True)
"""


def test_epochs_take_turns_with_a_process_that_stays_alive(bench, monkeypatch):
    monkeypatch.setattr(keras_fit, "WORKER", ["-c", ANSWERS])
    log = bench.folder / "log"
    monkeypatch.setattr(keras_fit, "write_reviews", lambda path, parts: log)
    pairs = keras_fit.step(replace(bench, overrides=(*bench.overrides, "model=gru")))
    assert len(pairs.ours) == len(pairs.reference) == bench.pairs
    assert log.read_text().splitlines() == ["GRU 1"] * (1 + bench.pairs)  # after a warm-up


def test_a_process_that_ends_is_no_measurement(tmp_path, monkeypatch):
    monkeypatch.setattr(
        keras_fit, "WORKER", ["-c", "import sys; sys.stdin.readline(); sys.exit(3)"]
    )
    with (
        pytest.raises(RuntimeError, match="ended with code 3"),
        keras_fit.started("LSTM", tmp_path) as epoch,
    ):
        epoch()


def test_all_cores_are_free_afterwards():
    before = os.sched_getaffinity(0)
    with pytest.raises(ValueError, match="x"), keras_fit.one_core():
        assert len(os.sched_getaffinity(0)) == 1
        raise ValueError("x")
    assert os.sched_getaffinity(0) == before


def test_keras_reads_the_same_padded_reviews(bench):
    parts = load_parts(bench.experiment(*keras_fit.NOTES))
    with np.load(keras_fit.write_reviews(bench.folder / "reviews.npz", parts)) as written:
        ids, labels = written["ids"], written["labels"]
    corpus = parts.data.corpus("train")
    batch = corpus.gather(np.arange(len(corpus)), parts.data.text)
    assert ids.shape[1] == 100
    assert np.array_equal(ids, batch.inputs.token_ids) and np.array_equal(labels, batch.labels)


@with_keras
def test_keras_has_the_same_networks(bench):
    models = ["lstm", "gru", "rnn"]
    parts = [load_parts(bench.experiment(*keras_fit.NOTES, f"model={m}")) for m in models]
    layers = [keras_fit.LAYERS[type(part.classifier)] for part in parts]
    command = [sys.executable, "-c", COUNT, *layers]
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert [int(count) for count in done.stdout.split()] == [
        keras_count(part.classifier) for part in parts
    ]


def keras_count(classifier):
    """Count the parameters as if there were 500 words, and bias vectors as in Keras."""
    sizes = {name: p.numel() for name, p in classifier.named_parameters()}
    words = 500 - classifier.encoder.embedding.num_embeddings
    # Keras has a second bias vector only in a GRU
    extra = 0 if classifier.cell == "gru" else sum(sizes[n] for n in sizes if "bias_hh" in n)
    return sum(sizes.values()) + words * 16 - extra


@with_keras
def test_keras_trains_when_it_is_asked_to(bench):
    parts = load_parts(bench.experiment(*keras_fit.NOTES))
    reviews = keras_fit.write_reviews(bench.folder / "reviews.npz", parts)
    with keras_fit.started("SimpleRNN", reviews) as epoch:
        epoch()
        epoch()
