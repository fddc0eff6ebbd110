"""Occlusion: the change of the output without a word."""

import copy
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import torch
from tests.explaining.classifiers import described, effects, lstm, row_of, words

from reviewlab.exceptions import InputError
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.lines import lines
from reviewlab.explaining.scoring import score
from reviewlab.models import (
    CNNClassifier,
    MLPClassifier,
    TransformerClassifier,
)
from reviewlab.nn import CrossEntropy


def test_occlusion_is_the_answer_to_the_text_without_the_word() -> None:
    made = lstm()
    found = explain(made, "w1 w2 w3", "occlusion", "b")
    for left, effect in zip(["w2 w3", "w1 w3", "w1 w2"], effects(found), strict=True):
        probability = float(score(made, [left]).probabilities[0, 1])
        evidence = np.log(probability / (1 - probability))
        assert found.with_words - effect == pytest.approx(evidence, abs=1e-4)


@pytest.mark.parametrize("start_id", [None, 1])
def test_where_places_have_weights_a_blank_keeps_the_place_of_a_word(start_id: int | None) -> None:
    torch.manual_seed(0)
    arguments = {"max_length": 12, "embedding_size": 8, "num_heads": 2, "feedforward_size": 8}
    made = TransformerClassifier(CrossEntropy(3), 50, num_layers=1, **arguments)
    encoder = words(max_length=12, start_id=start_id, padding="pre", pad_to="max_length")
    found = explain(described(made, encoder), "w1 w2 w3", "occlusion", "b")
    for word, effect in zip(("w1", "w2", "w3"), effects(found), strict=True):
        blanked = copy.deepcopy(made)
        with torch.no_grad():
            blanked.encoder.embedding.weight[encoder.encode([word])[0][-1]] = 0
        left = explain(blanked, "w1 w2 w3", "occlusion", "b").with_words
        assert found.with_words - effect == pytest.approx(left, abs=1e-4)
    assert "without: every word replaced by zeros" in lines(found)
    assert found.without_words == pytest.approx(
        explain(made, "w1 w2 w3", "gradient", "b").without_words, abs=1e-5
    )


def test_of_numbers_at_fixed_places_no_other_moves() -> None:
    torch.manual_seed(0)
    made = MLPClassifier(CrossEntropy(3), 50, 12, features="ids")
    encoder = words(max_length=12, pad_to="max_length", start_id=None)
    found = explain(described(made, encoder), "w1 w2 w3", label="b")
    ids = encoder.encode(["w1 w2 w3"])[0].tolist()
    for place, effect in enumerate(effects(found)):
        row, mask = row_of(made, [0 if n == place else i for n, i in enumerate(ids)])
        with torch.no_grad():
            left = float(made.objective.evidence(made(row, mask), 1))
        assert found.with_words - effect == pytest.approx(left, abs=1e-4)


@pytest.mark.parametrize("distinct", [False, True])
def test_in_a_set_a_word_is_gone_when_all_of_its_places_are(distinct: bool) -> None:
    torch.manual_seed(0)
    encoder = words(distinct=distinct)
    made = described(MLPClassifier(CrossEntropy(3), 50, None), encoder)
    once, twice = explain(made, "w1 w2", label="a"), explain(made, "w1 w2 w1", label="a")
    first, second = effects(once)
    assert effects(twice) == pytest.approx([first / 2, second, first / 2], abs=1e-6)


def test_a_word_that_the_model_does_not_look_at_changes_nothing() -> None:
    """A single filter of width 1 keeps only the word with its strongest response."""
    torch.manual_seed(0)
    made = described(CNNClassifier(CrossEntropy(3), 50, widths=[1], num_filters=1), words())
    found = explain(made, "w1 w2 w3 w4 w5", "occlusion")
    assert sum(effect != 0 for effect in effects(found)) <= 1


def test_occlusion_needs_no_captum() -> None:
    code = "import reviewlab.explaining.explanation, sys; sys.exit('captum' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_too_many_words_to_leave_out_are_refused() -> None:
    with pytest.raises(InputError, match=r"^text: 5,001 words are too many"):
        explain(lstm(), "w1 " * 5001, "occlusion")


def test_what_counts_are_the_words_that_differ_where_a_set_is_read() -> None:
    made = described(MLPClassifier(CrossEntropy(3), 50, None), words())
    assert len(effects(explain(made, "w1 w2 " * 2501))) == 5002


def test_what_is_kept_of_a_set_does_not_grow_with_how_often_a_word_occurs() -> None:
    made = described(MLPClassifier(CrossEntropy(3), 50, None), words())
    tracemalloc.start()
    try:
        explain(made, "w1 w2 " * 2501)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * 2**20  # 5,002 words with 2,501 places each would take 400 MiB
