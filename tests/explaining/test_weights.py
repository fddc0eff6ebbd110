"""Weights as an explanation: the effects of a linear model's words add up to its output."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.explaining.classifiers import LABELS, effects, lstm

from reviewlab.exceptions import InputError
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.lines import lines
from reviewlab.explaining.reading import read
from reviewlab.explaining.weights import ngram_parts
from reviewlab.models import MLPClassifier, NgramClassifier
from reviewlab.nn import BCE, MSE, CrossEntropy, Objective, Ordinal
from reviewlab.text.ngrams import NgramEncoder

FITTED = [
    "a good film with a good plot",
    "a bad film, not a good one",
    "not good, not bad: a long film",
    "bad bad bad plot",
]
TEXT = "Not a GOOD film, not a good plot: zorgon bad bad"

ENCODERS: dict[str, dict[str, Any]] = {
    "words": {"word_ngrams": 1},
    "trigrams": {},
    "characters": {"character_ngrams": 4},
    "hashed": {"hash_size": 50},
    "hashed into few": {"hash_size": 7, "character_ngrams": 3},
}
OBJECTIVES = [
    CrossEntropy(2),
    CrossEntropy(5),
    CrossEntropy(3, label_smoothing=0.1),
    BCE(2),
    MSE(5),
    Ordinal(5),
]


def ngrams(objective: Objective, **text: Any) -> NgramClassifier:
    """Make a linear model with random scales and weights."""
    encoder = NgramEncoder(**{"min_count": 1, **text})
    encoder.fit(FITTED)
    made = NgramClassifier(objective, encoder.vocab_size)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        made.encoder.weight.normal_(generator=generator)
        made.encoder.scale.uniform_(0.5, 2, generator=generator)
        made.head.bias.normal_(generator=generator)
    names = tuple("abcde"[: objective.arguments["num_classes"]])
    made.describe(encoder, names, {})
    return made.eval()


def evidence(made: NgramClassifier, text: str, label: int) -> float:
    """Compute the evidence with the model's own forward pass."""
    reading = read(made.text_encoder, text)
    dense = torch.zeros(1, made.text_encoder.vocab_size)
    dense[0, torch.from_numpy(reading.ids).long()] = 1
    outputs = made(dense.to_sparse_csr(), dense.any(1, keepdim=True)).detach()
    return made.objective.evidence(outputs, label).item()


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.parametrize("text", ENCODERS.values(), ids=ENCODERS.keys())
@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda made: type(made).__name__)
def test_effects_add_up_to_the_difference(objective: Objective, text: dict[str, Any]) -> None:
    made = ngrams(objective, **text)
    names = made.label_names if objective.scale == "log odds" else (None,)
    for number, name in enumerate(names):
        found = explain(made, TEXT, label=name)
        assert found.method == "weights" and found.chosen == ""
        assert len(effects(found)) == len(found.reading.words) == 11
        with_words, without = (evidence(made, words, number) for words in (TEXT, ""))
        assert found.with_words == pytest.approx(with_words, abs=1e-5)
        assert found.without_words == pytest.approx(without, abs=1e-5)
        assert sum(effects(found)) == pytest.approx(with_words - without, abs=2e-3)
        assert found.gap == pytest.approx(0, abs=2e-3) and not found.rough
        assert np.ptp(effects(found)) > 0.01


def test_of_two_classes_they_add_up_exactly() -> None:
    one, two = (explain(ngrams(CrossEntropy(2)), TEXT, label=name) for name in "ab")
    assert sum(effects(one)) == pytest.approx(one.with_words - one.without_words, abs=1e-5)
    np.testing.assert_allclose(effects(one), np.negative(effects(two)), atol=1e-5)


def test_of_single_words_each_has_its_own_weight() -> None:
    """A repeated word shares its weight, and an unknown word has that of all unknown words."""
    made = ngrams(BCE(2), word_ngrams=1)
    found = explain(made, "good zorgon film good", label="b")
    parts = ngram_parts(made, found.reading)[:, 0].tolist()
    by_id = dict(zip(found.reading.ids.tolist(), parts, strict=True))
    good, film = (int(made.text_encoder.encode([word])[0][0]) for word in ("good", "film"))
    expected = [by_id[good] / 2, by_id[0], by_id[film], by_id[good] / 2]
    assert effects(found) == pytest.approx(expected, abs=1e-6)
    assert [found.reading.spelling(word) for word in found.unknown] == ["zorgon"]


def test_an_ngram_is_shared_by_its_words() -> None:
    made = ngrams(BCE(2), word_ngrams=2)
    with torch.no_grad():
        made.encoder.weight.zero_()
        ids = {made.text_encoder.decode([number]): number for number in range(1, 15)}
        made.encoder.weight[ids["good film"]] = 6.0
    found = effects(explain(made, "a good film", label="b"))
    assert found[0] == 0 and found[1] == found[2] > 0


@pytest.mark.parametrize("text", ["", " ,.! "])
def test_a_text_without_words_has_no_effects(text: str) -> None:
    found = explain(ngrams(CrossEntropy(3)), text)
    assert effects(found) == [] and found.with_words == pytest.approx(found.without_words)


def test_it_is_told_that_effects_add_up() -> None:
    found = explain(ngrams(CrossEntropy(5)), TEXT)
    assert "effects add up" in found.how and "n-grams" in found.how
    assert found.how in lines(found)
    report = found.as_json()
    assert report["method"] == "weights" and report["chosen_because"] is None


def test_a_bag_of_words_is_explained_alike_by_leaving_words_out() -> None:
    """If no words share an n-gram, the weight of a word is close to its effect by occlusion."""
    made = ngrams(CrossEntropy(2), word_ngrams=1)
    by_weights, left_out = (
        effects(explain(made, "good film plot", m)) for m in (None, "occlusion")
    )
    assert np.corrcoef(by_weights, left_out)[0, 1] > 0.8


def test_more_than_a_linear_model_has_no_such_weights() -> None:
    with pytest.raises(InputError) as raised:
        explain(lstm(), "w1 w2", "weights")
    message = str(raised.value)
    assert message.startswith("method: 'weights' is not possible: LSTMClassifier is not a linear ")
    assert message.endswith("allowed: gradient, occlusion") and "\n" not in message
    for method in ("gradient", "occlusion"):
        assert explain(lstm(), "w1 w2", method).method == method  # type: ignore[arg-type]


def test_a_network_without_gradients_is_offered_none() -> None:
    made = MLPClassifier(CrossEntropy(3), 50, 12, features="multi_hot")
    made.describe(lstm().text_encoder, LABELS, {})
    with pytest.raises(InputError, match=r"^method: 'weights' .*; allowed: occlusion$"):
        explain(made.eval(), "w1 w2", "weights")


def test_a_linear_model_has_no_word_vectors_to_follow() -> None:
    made = ngrams(CrossEntropy(3))
    with pytest.raises(InputError) as raised:
        explain(made, TEXT, "gradient")
    message = str(raised.value)
    assert message.startswith("method: 'gradient' is not possible: this NgramClassifier reads ")
    assert message.endswith("allowed: weights, occlusion") and "\n" not in message
    for method in ("weights", "occlusion"):
        assert explain(made, TEXT, method).method == method  # type: ignore[arg-type]


def test_more_words_than_can_be_left_out_still_have_weights() -> None:
    text = " ".join(f"x{number}" for number in range(5001))
    made = ngrams(CrossEntropy(3), hash_size=2**20)
    with pytest.raises(InputError, match=r"at most 5,000, or method=weights$"):
        explain(made, text, "occlusion")
    assert len(effects(explain(made, text, "weights"))) == 5001
