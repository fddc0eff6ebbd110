"""Classifiers for tests of explanations, and their outputs for a text."""

from typing import Any

import torch
from hypothesis import strategies as st
from tests import handmade

from reviewlab.explaining.explanation import Explanation, explain
from reviewlab.models import LSTMClassifier, NgramClassifier, ReviewClassifier
from reviewlab.nn import CrossEntropy, Objective
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.words import WordEncoder

VOCABULARY = [" ".join(f"w{number}" for number in range(46))]

TEXT = "W1 w2, w3 zorgon w1 w40 — w7"

WORDS = ["W1", "w2", "w3", "zorgon", "w1", "w40", "w7"]  # the dash is a word, too

LABELS = ("a", "b", "c")


def words(**options: Any) -> WordEncoder:
    encoder = WordEncoder(**options)
    encoder.fit(VOCABULARY)
    return encoder


def text_for(made: ReviewClassifier, **options: Any) -> TextEncoder:
    """Return the encoder for a classifier that reads words in order, or one that reads a set."""
    if made.inputs == "token_ids":
        return words(**options)
    encoder = NgramEncoder(word_ngrams=1, min_count=1)
    encoder.fit([*VOCABULARY, "x y z"])  # as many ids as `words` has
    return encoder


def described(
    made: ReviewClassifier, text: TextEncoder, names: tuple[str, ...] = LABELS
) -> ReviewClassifier:
    made.describe(text, names, {})
    with torch.no_grad():  # predictions that differ between texts
        if isinstance(made, NgramClassifier):
            made.encoder.weight.normal_()
        else:
            made.head.weight *= 5
    return made.eval()


def lstm(objective: Objective | None = None, text: TextEncoder | None = None) -> ReviewClassifier:
    torch.manual_seed(0)
    text = text or words()
    objective = objective or CrossEntropy(3)
    made = LSTMClassifier(objective, text.vocab_size, hidden_size=8, init="torch")
    return described(made, text, LABELS[: objective.arguments["num_classes"]])


def effects(explanation: Explanation) -> list[float]:
    return [effect for effect in explanation.effects if effect is not None]


def row_of(made: ReviewClassifier, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    row = torch.zeros(1, 12, dtype=torch.int64)
    row[0, : len(ids)] = torch.tensor(ids)
    return row, torch.arange(12)[None] < len(ids)


MADE = handmade.classifier()

NASTY = '<script>alert("1")</script> good & bad \x1b[31mfilm\x1b[0m zorgon\u202e'

ANY = st.text(st.characters() | st.sampled_from("İ bad<&>\x1b"), max_size=40)


def explained(text: str, **options: Any) -> Explanation:
    return explain(MADE, text, "occlusion", **options)
