"""Properties of explanations, for every architecture, objective and text encoder."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.explaining.classifiers import (
    LABELS,
    MADE,
    TEXT,
    WORDS,
    described,
    effects,
    explained,
    lstm,
    text_for,
    words,
)
from tests.models.test_architectures import build, every_variant

from reviewlab.exceptions import InputError
from reviewlab.explaining import gradient
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.gradient import obstacle
from reviewlab.explaining.scoring import score
from reviewlab.models import (
    BagLSTMClassifier,
)
from reviewlab.nn import BCE, MSE, CrossEntropy
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning


@every_variant
def test_every_architecture_can_be_explained(variant: Any) -> None:
    made = build(variant)
    made = described(made, text_for(made, max_length=12, pad_to="max_length"))
    found = explain(made, TEXT)
    assert [found.reading.spelling(word) for word in found.reading.words if word.known] == [
        word for word in WORDS if word != "zorgon"
    ]
    scores = score(made, [TEXT])
    assert found.prediction == LABELS[scores.predictions[0]]
    assert [*found.probabilities.values()] == pytest.approx(scores.probabilities[0], abs=1e-6)
    assert np.isfinite(effects(found)).all() and np.ptp(effects(found)) > 0
    assert sum(abs(share) for share in found.shares if share is not None) == pytest.approx(1)
    if made.inputs == "ngrams":
        assert found.method == "weights" and not found.chosen
        assert found.gap == pytest.approx(0, abs=1e-3)
    elif obstacle(made):
        assert found.method == "occlusion" and found.chosen == obstacle(made)
        with pytest.raises(InputError, match=r"^method: 'gradient' is not possible: .*occlusion$"):
            explain(made, TEXT, "gradient")
    else:  # completeness, the axiom of integrated gradients
        assert found.method == "gradient"
        missing = found.with_words - found.without_words - sum(effects(found))
        assert abs(missing) <= gradient.TOLERANCE * sum(map(abs, effects(found)))
        assert found.gap == pytest.approx(missing, abs=1e-4) and not found.rough


@every_variant
def test_padding_changes_no_share(variant: Any) -> None:
    text = "w1 w2, zorgon w9"
    made = build(variant)
    if made.encoder.reads_padding or made.inputs != "token_ids":
        return
    for method in ("gradient", "occlusion"):
        if method == "gradient" and obstacle(made):
            continue
        found = []
        for options in ({}, {"pad_to": "max_length"}, {"pad_to": "max_length", "padding": "pre"}):
            made.describe(words(max_length=12, **options), LABELS, {})
            found.append(effects(explain(made.eval(), text, method)))
        np.testing.assert_allclose(found[1:], [found[0]] * 2, atol=1e-5)


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
@pytest.mark.parametrize("make", [lambda: CrossEntropy(3), lambda: BCE(2), lambda: MSE(3)])
def test_every_objective(make: Any, method: Any) -> None:
    objective = make()
    made = lstm(objective)
    found = explain(made, "w1 w2 w3", method)
    probability = found.probabilities[found.prediction]
    if objective.scale == "log odds":
        assert found.label == found.prediction
        assert found.with_words == pytest.approx(np.log(probability / (1 - probability)), abs=1e-4)
        name = next(name for name in made.label_names if name != found.prediction)
        assert explain(made, "w1 w2 w3", method, name).label == name
        with pytest.raises(InputError, match=r"^label: 'x' is not allowed; allowed: a, b"):
            explain(made, "w1", label="x")
    else:
        assert found.label is None
        with pytest.raises(InputError, match=r"^label: 'a' is not allowed: .* one number"):
            explain(made, "w1", label="a")


def test_what_speaks_for_one_of_two_speaks_against_the_other() -> None:
    for objective in (BCE(2), CrossEntropy(2)):
        one, two = (explain(lstm(objective), "w1 w2 w3", label=name) for name in "ab")
        np.testing.assert_allclose(effects(one), np.negative(effects(two)), atol=1e-5)


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
@pytest.mark.parametrize("truncation", ["pre", "post"])
def test_a_word_that_was_cut_off_has_no_share(method: Any, truncation: Any) -> None:
    made = lstm(text=words(max_length=3, truncation=truncation, start_id=None))
    read_, unread = "w1 w2 w3", "w4 w5"
    whole = f"{unread} {read_}" if truncation == "pre" else f"{read_} {unread}"
    found, short = explain(made, whole, method), explain(made, read_, method)
    assert [found.reading.spelling(word) for word in found.unread] == ["w4", "w5"]
    assert effects(found) == pytest.approx(effects(short), abs=1e-6)
    assert len(effects(found)) == 3 and found.effects.count(None) == 2


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_unknown_words_are_named_and_alike(method: Any) -> None:
    made = lstm()
    found = explain(made, "w1 zorgon w2 blarg", method)
    assert [found.reading.spelling(word) for word in found.unknown] == ["zorgon", "blarg"]
    assert effects(found) == pytest.approx(effects(explain(made, "w1 foo w2 bar", method)))


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
@pytest.mark.parametrize("text", ["", "  ,. \t"])
def test_an_empty_text(text: str, method: Any) -> None:
    for encoder in (words(), words(start_id=None)):
        found = explain(lstm(text=encoder), text, method)
        assert found.effects == [] == found.reading.words
        assert found.with_words == pytest.approx(found.without_words, abs=1e-5)


@given(order=st.permutations(range(5)), method=st.sampled_from(["gradient", "occlusion"]))
def test_a_bag_sees_no_order(order: list[int], method: Any) -> None:
    torch.manual_seed(0)
    made = described(BagLSTMClassifier(CrossEntropy(3), 50), words())
    typed = ["w1", "w2", "w3", "w4", "w5"]
    found = effects(explain(made, " ".join(typed), method))
    moved = effects(explain(made, " ".join(typed[place] for place in order), method))
    np.testing.assert_allclose(moved, np.array(found)[order], atol=1e-5)


def test_a_recurrent_network_does() -> None:
    one, two = (explain(lstm(), text, "gradient", "a") for text in ("w1 w2 w3", "w3 w2 w1"))
    assert not np.allclose(effects(one), effects(two)[::-1], atol=1e-3)


@pytest.mark.parametrize("method", ["gradient", "occlusion"])
def test_pieces_of_a_word_are_one_word(method: Any) -> None:
    encoder = BPEEncoder(num_tokens=300, cleaning=Cleaning(lower_case=True))
    encoder.fit(["slow start but worth it"] * 3)
    found = explain(lstm(text=encoder), "Slow startings, Größe 😀", method)
    spelt = [found.reading.spelling(word) for word in found.reading.words]
    assert spelt == ["Slow", "startings", ",", "Größe", "😀"]
    assert not found.unknown and not found.unread
    if method == "gradient":
        assert sum(effects(found)) == pytest.approx(
            found.with_words - found.without_words, abs=0.01 * sum(map(abs, effects(found)))
        )


def test_json_says_what_is_missing_and_why_the_method_was_chosen() -> None:
    report = explain(MADE, "not good, zorgon", "gradient").as_json()
    total = sum(word["effect"] for word in report["words"])
    difference = report["with_words"] - report["without_words"]
    assert report["gap"] == pytest.approx(difference - total, abs=1e-5)
    assert report["chosen_because"] is None
    assert explained("good").as_json()["gap"] is None


def test_json_holds_every_word_with_its_place_in_the_text() -> None:
    text = "Not good, zorgon " + "a " * 20
    report = explained(text).as_json()
    first = {"word": "Not", "start": 0, "end": 3, "read": True, "known": True}
    assert first.items() <= report["words"][0].items()
    for word in report["words"]:
        assert text[word["start"] : word["end"]] == word["word"]
        assert (word["share"] is None) == (not word["read"])
    assert not report["words"][2]["known"] and not report["words"][-1]["read"]
