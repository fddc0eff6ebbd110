"""Fine-tuning against the Trainer of transformers on the same batches."""

import pytest
import torch
from tests.pretrained_sources import source

from reviewlab.benchmarks import fine_tuning
from reviewlab.running.run import load_parts


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setenv("REVIEWLAB_PRETRAINED", source())
    lengths = ["data.text.max_length=20" if "max_length" in o else o for o in fine_tuning.OPTIONS]
    monkeypatch.setattr(fine_tuning, "OPTIONS", lengths)


@pytest.mark.parametrize("measure", [fine_tuning.train, fine_tuning.predict])
def test_both_are_measured_in_turn(bench, measure):
    pairs = measure(bench)
    assert len(pairs.ours) == len(pairs.reference) == bench.pairs
    assert all(took > 0 for took in (*pairs.ours, *pairs.reference))


def test_both_read_the_same_reviews(bench):
    parts = load_parts(bench.experiment(*fine_tuning.OPTIONS, f"model.source={source()}"))
    reviews = fine_tuning.first_reviews(parts.data.corpus("train"))
    rows = fine_tuning.as_rows(reviews)
    theirs = fine_tuning.make_collate(parts.data.text.pad_id)(rows[:5])
    ours = reviews.gather(torch.arange(5).numpy(), parts.data.text)
    assert torch.equal(theirs["input_ids"], ours.inputs.token_ids)
    assert torch.equal(theirs["attention_mask"].bool(), ours.inputs.mask)
    assert torch.equal(theirs["labels"], ours.labels)
