"""A checkpoint made by hand: a classifier with random weights, saved as Lightning saves it."""

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
    """An LSTM whose answers differ clearly from text to text."""
    text = WordEncoder(max_length=20)
    text.fit([WORDS])
    with torch.random.fork_rng():
        torch.manual_seed(1)
        made = LSTMClassifier(objective or CrossEntropy(len(labels)), text.vocab_size, init="torch")
        made.head.weight.data *= 20
    made.describe(text, labels, config)
    return made.eval()


def save(made: ReviewClassifier, path: Path, **changes: Any) -> Path:
    """Write the checkpoint; `changes` replace parts of what reviewlab adds to it."""
    checkpoint = {"state_dict": made.state_dict(), "hyper_parameters": dict(made.hparams)}
    made.on_save_checkpoint(checkpoint)
    checkpoint["reviewlab"] |= changes
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(checkpoint, path)
    return path
