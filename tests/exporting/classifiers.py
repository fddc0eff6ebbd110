"""Classifiers to export: untrained ones, whose probabilities differ clearly between reviews."""

from typing import Any

import torch
from tests import handmade
from tests.models.test_architectures import FACTS, MAX_LENGTH, Arguments, build

from reviewlab.models import LSTMClassifier, ReviewClassifier
from reviewlab.nn.objectives import CrossEntropy, Objective
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.words import WordEncoder

LENGTHS = ((3, 9), (1,), (0, 2, 5, 11), (30, 30, 4), (0,))
"""Lengths of the reviews of batches that are scored; none of the batches is traced."""


def sharpen(model: ReviewClassifier) -> None:
    """Make the probabilities differ between reviews; some weights are 0 before training."""
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(3)
        for weight in model.parameters():
            if not weight.any():
                weight.normal_()
        for weight in getattr(model, "head", model).parameters():
            weight.mul_(3)


def of_variant(variant: Arguments) -> ReviewClassifier:
    """Build a classifier of some architecture, with a text encoder that suits it."""
    model = build(variant)
    text: TextEncoder = NgramEncoder(hash_size=FACTS["vocab_size"])
    if model.inputs == "token_ids":
        pad_to: Any = "max_length" if model.encoder.reads_padding else "longest"
        text = WordEncoder(max_length=MAX_LENGTH, pad_to=pad_to)
    text.fit([handmade.WORDS])
    model.describe(text, handmade.LABELS, {})
    sharpen(model)
    return model.eval()


def small(
    objective: Objective | None = None, text: TextEncoder | None = None, **options: Any
) -> ReviewClassifier:
    """Build a small LSTM over words."""
    text = text or WordEncoder(max_length=20)
    text.fit([handmade.WORDS])
    objective = objective or CrossEntropy(3)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = LSTMClassifier(objective, text.vocab_size, **options)
    labels = handmade.LABELS[: objective.arguments["num_classes"]]
    model.describe(text, labels, {})
    sharpen(model)
    return model.eval()
