"""A checkpoint made by hand: a classifier with random weights, in Lightning's format."""

from pathlib import Path
from typing import Any

import torch

from reviewlab.models import LSTMClassifier, ReviewClassifier
from reviewlab.nn.objectives import CrossEntropy, Objective
from reviewlab.text.words import WordEncoder

LABELS = ("bad", "so-so", "good")
WORDS = "slow start but worth it a dull film with one bright idea not good bad"


def classifier(
    labels: tuple[str, ...] = LABELS, objective: Objective | None = None, **config: Any
) -> ReviewClassifier:
    """Make an LSTM whose predictions differ clearly between texts."""
    text = WordEncoder(max_length=20)
    text.fit([WORDS])
    with torch.random.fork_rng():
        torch.manual_seed(1)
        lstm = LSTMClassifier(objective or CrossEntropy(len(labels)), text.vocab_size, init="torch")
        lstm.head.weight.data *= 20
    lstm.describe(text, labels, config)
    return lstm.eval()


def save(model: ReviewClassifier, path: Path, **changes: Any) -> Path:
    """Write the checkpoint; `changes` replace parts of what reviewlab adds to it."""
    checkpoint = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}
    model.on_save_checkpoint(checkpoint)
    checkpoint["reviewlab"] |= changes
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint, path)
    return path
