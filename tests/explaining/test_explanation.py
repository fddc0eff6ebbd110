"""What an explanation promises, for every architecture, objective and text encoder there is."""

import copy
import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.models.test_architectures import build, every_variant

from reviewlab.app.scoring import score
from reviewlab.exceptions import InputError
from reviewlab.explaining import gradient
from reviewlab.explaining.explanation import Explanation, explain
from reviewlab.explaining.gradient import Presence, obstacle
from reviewlab.explaining.lines import lines
from reviewlab.explaining.reading import read
from reviewlab.models import (
    BagLSTMClassifier,
    CNNClassifier,
    LSTMClassifier,
    MLPClassifier,
    ReviewClassifier,
    TransformerClassifier,
)
from reviewlab.nn import BCE, MSE, CrossEntropy, Objective
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

VOCABULARY = [" ".join(f"w{number}" for number in range(46))]
TEXT = "W1 w2, w3 zorgon w1 w40 — w7"
WORDS = ["W1", "w2", "w3", "zorgon", "w1", "w40", "w7"]  # the dash is a word, too
LABELS = ("a", "b", "c")


def words(**options: Any) -> WordEncoder:
    encoder = WordEncoder(**options)
    encoder.fit(VOCABULARY)
    return encoder


def described(
    made: ReviewClassifier, text: TextEncoder, names: tuple[str, ...] = LABELS
) -> ReviewClassifier:
    made.describe(text, names, {})
    with torch.no_grad():
        made.head.weight *= 5  # answers that differ from text to text
    return made.eval()


def lstm(objective: Objective | None = None, text: TextEncoder | None = None) -> ReviewClassifier:
    torch.manual_seed(0)
    text = text or words()
    objective = objective or CrossEntropy(3)
    made = LSTMClassifier(objective, text.vocab_size, hidden_size=8, init="torch")
    return described(made, text, LABELS[: objective.arguments["num_classes"]])


def effects(explanation: Explanation) -> list[float]:
    return [effect for effect in explanation.effects if effect is not None]


@every_variant
def test_every_architecture_can_be_explained(variant: Any) -> None:
    made = described(build(variant), words(max_length=12, pad_to="max_length"))
    found = explain(made, TEXT)
    assert [found.reading.spelling(word) for word in found.reading.words if word.known] == [
        word for word in WORDS if word != "zorgon"
    ]
    scores = score(made, [TEXT])
    assert found.prediction == LABELS[scores.predictions[0]]
    assert [*found.probabilities.values()] == pytest.approx(scores.probabilities[0], abs=1e-6)
    assert np.isfinite(effects(found)).all() and np.ptp(effects(found)) > 0
    assert sum(abs(share) for share in found.shares if share is not None) == pytest.approx(1)
    if obstacle(made):
        assert found.method == "occlusion" and found.chosen == obstacle(made)
        with pytest.raises(InputError, match=r"^method: 'gradient' is not possible: .*occlusion$"):
            explain(made, TEXT, "gradient")
    else:  # completeness: the axiom by which integrated gradients are known
        assert found.method == "gradient"
        missing = found.with_words - found.without_words - sum(effects(found))
        assert abs(missing) <= gradient.TOLERANCE * sum(map(abs, effects(found)))
        assert found.gap == pytest.approx(missing, abs=1e-4) and not found.rough


@every_variant
def test_only_classifiers_without_word_vectors_have_no_gradient(variant: Any) -> None:
    kind, arguments = variant
    without = kind is MLPClassifier and arguments["features"] != "mean_embedding"
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
            made(*_row(made, reading.ids.tolist())),
        )[0, 1].logit()
    torch.testing.assert_close(found, expected.expand(3), atol=1e-5, rtol=1e-5)


def _row(made: ReviewClassifier, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    row = torch.zeros(1, 12, dtype=torch.int64)
    row[0, : len(ids)] = torch.tensor(ids)
    return row, torch.arange(12)[None] < len(ids)


@every_variant
def test_padding_changes_no_share(variant: Any) -> None:
    text = "w1 w2, zorgon w9"
    made = build(variant)
    if made.encoder.reads_padding:
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
        row, mask = _row(made, [0 if n == place else i for n, i in enumerate(ids)])
        with torch.no_grad():
            left = float(made.objective.evidence(made(row, mask), 1))
        assert found.with_words - effect == pytest.approx(left, abs=1e-4)


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


@pytest.mark.parametrize("distinct", [False, True])
def test_in_a_set_a_word_is_gone_when_all_of_its_places_are(distinct: bool) -> None:
    torch.manual_seed(0)
    encoder = words(distinct=distinct)
    made = described(MLPClassifier(CrossEntropy(3), 50, None), encoder)
    once, twice = explain(made, "w1 w2", label="a"), explain(made, "w1 w2 w1", label="a")
    first, second = effects(once)
    assert effects(twice) == pytest.approx([first / 2, second, first / 2], abs=1e-6)


def test_a_word_that_the_model_does_not_look_at_changes_nothing() -> None:
    """A single filter of width 1 keeps the one word that it answers most to."""
    torch.manual_seed(0)
    made = described(CNNClassifier(CrossEntropy(3), 50, widths=[1], num_filters=1), words())
    found = explain(made, "w1 w2 w3 w4 w5", "occlusion")
    assert sum(effect != 0 for effect in effects(found)) <= 1


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


def steep(factor: float) -> ReviewClassifier:
    """An LSTM that changes its mind within a small part of the way."""
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
        assert "read them as rough" in lines(found)
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


def test_a_gradient_is_offered_only_where_there_is_one() -> None:
    made = MLPClassifier(CrossEntropy(3), 6000, 6000, features="ids")
    with pytest.raises(InputError, match=r"at most 5,000; method=gradient is not possible: .* ids"):
        explain(described(made, words(max_length=6000, pad_to="max_length")), "w1 " * 5001)
    with pytest.raises(InputError, match=r"at most 5,000, or method=gradient$"):
        explain(lstm(), "w1 " * 5001, "occlusion")
