"""Integrated gradients: the models that have them, and that they add up."""

import sys
from typing import Any

import pytest
import torch
from tests.explaining.classifiers import TEXT, described, effects, lstm, row_of, words
from tests.models.test_architectures import build, every_variant

from reviewlab.exceptions import InputError
from reviewlab.explaining import gradient
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.gradient import Presence, obstacle
from reviewlab.explaining.lines import lines
from reviewlab.explaining.reading import read
from reviewlab.models import (
    MLPClassifier,
    NgramClassifier,
    ReviewClassifier,
)
from reviewlab.nn import CrossEntropy


@every_variant
def test_only_classifiers_without_word_vectors_have_no_gradient(variant: Any) -> None:
    kind, arguments = variant
    ids = kind is MLPClassifier and arguments["features"] != "mean_embedding"
    without = ids or kind is NgramClassifier
    assert bool(obstacle(build(variant))) == without


@every_variant
def test_words_that_are_all_there_give_the_classifiers_own_outputs(variant: Any) -> None:
    made = described(build(variant), words(max_length=12, pad_to="max_length"))
    if obstacle(made):
        return
    reading = read(made.text_encoder, TEXT)
    with torch.no_grad():
        evidence = Presence(made, reading, 1)
        found = evidence(torch.ones(3, 12))
        expected = made.objective.probabilities(
            made(*row_of(made, reading.ids.tolist())),
        )[0, 1].logit()
    torch.testing.assert_close(found, expected.expand(3), atol=1e-5, rtol=1e-5)


def steep(factor: float) -> ReviewClassifier:
    """Make an LSTM whose output changes within a small part of the path."""
    made = lstm()
    with torch.no_grad():
        for weights in made.encoder.parameters():
            weights *= factor
    return made


def test_the_steps_are_small_enough_for_a_steep_way() -> None:
    found = explain(steep(17), "w1 w2 w3 w4", "gradient", "a")
    assert not found.rough and f"effects add up to {sum(effects(found)):+.3f}" in found.how
    assert sum(effects(found)) == pytest.approx(
        found.with_words - found.without_words, abs=0.01 * sum(map(abs, effects(found)))
    )


def test_where_nothing_adds_up_the_best_attempt_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    made, missing = steep(24), []
    for steps in (gradient.STEPS, *((steps,) for steps in gradient.STEPS)):
        monkeypatch.setattr(gradient, "STEPS", steps)
        found = explain(made, "w1 w2 w3 w4", "gradient", "a")
        assert found.gap is not None and found.rough
        missing.append(abs(found.gap) / sum(map(abs, effects(found))))
        assert f"add up to {sum(effects(found)):+.3f}" in found.how
        assert "they are only approximate" in lines(found)
    shown, *attempts = missing
    assert shown == min(attempts) < attempts[-1]


def test_without_captum_words_are_left_out_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "captum", None)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    made = lstm()
    found = explain(made, "w1 w2")
    assert found.method == "occlusion"
    assert found.chosen == "captum is not installed: pip install 'reviewlab[explain]'"
    with pytest.raises(InputError, match=r"reviewlab\[explain\]"):
        explain(made, "w1 w2", "gradient")


def test_a_gradient_is_offered_only_where_there_is_one() -> None:
    made = MLPClassifier(CrossEntropy(3), 6000, 6000, features="ids")
    with pytest.raises(InputError, match=r"at most 5,000; method=gradient is not possible: .* ids"):
        explain(described(made, words(max_length=6000, pad_to="max_length")), "w1 " * 5001)
    with pytest.raises(InputError, match=r"at most 5,000, or method=gradient$"):
        explain(lstm(), "w1 " * 5001, "occlusion")
