"""Fine-tuning against the Trainer of transformers on the same batches."""

from dataclasses import replace

import pytest
import torch
from tests.pretrained_sources import source

from reviewlab.benchmarks import fine_tuning
from reviewlab.running.run import load_parts


@pytest.fixture
def bench(bench, monkeypatch):
    """Return the workbench with short reviews, and batches small enough for some blocks."""
    monkeypatch.setenv("REVIEWLAB_PRETRAINED", source())
    lengths = ["data.text.max_length=20" if "max_length" in o else o for o in fine_tuning.OPTIONS]
    monkeypatch.setattr(fine_tuning, "OPTIONS", lengths)
    monkeypatch.setattr(fine_tuning, "BATCH_SIZE", 2)
    return replace(bench, overrides=(*bench.overrides, "data.batch_size=2"))


@pytest.mark.parametrize("measure", [fine_tuning.train, fine_tuning.predict])
def test_both_are_measured_in_turn(bench, measure):
    pairs = measure(bench)
    assert len(pairs.ours) == len(pairs.reference) == bench.pairs
    assert all(took > 0 for took in (*pairs.ours, *pairs.reference))


def test_both_read_the_same_reviews(bench):
    parts = load_parts(bench.experiment(*fine_tuning.OPTIONS, f"model.source={source()}"))
    reviews = fine_tuning.first_reviews(parts.data.corpus("train"), 4)
    rows = fine_tuning.as_rows(reviews)
    theirs = fine_tuning.make_collate(parts.data.text.pad_id)(rows[:5])
    ours = reviews.gather(torch.arange(5).numpy(), parts.data.text)
    assert torch.equal(theirs["input_ids"], ours.inputs.token_ids)
    assert torch.equal(theirs["attention_mask"].bool(), ours.inputs.mask)
    assert torch.equal(theirs["labels"], ours.labels)
