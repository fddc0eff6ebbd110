"""An ensemble predicts the mean of its members' probabilities, whatever their inputs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests import handmade

from reviewlab.exceptions import InputError
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.gradient import integrated_gradients, obstacle
from reviewlab.explaining.reading import read
from reviewlab.explaining.scoring import score
from reviewlab.models import (
    CNNClassifier,
    EnsembleClassifier,
    GRUClassifier,
    LSTMClassifier,
    MLPClassifier,
    ReviewClassifier,
    load_classifier,
)
from reviewlab.models.ensemble import combine
from reviewlab.nn.objectives import BCE, MSE, CrossEntropy, Objective
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.words import WordEncoder

LABELS = ("bad", "good")
TEXTS = ["good idea, not bad", "dull dull dull film", "", "zorgon", f"{handmade.WORDS} good"]
WORDS = WordEncoder(max_length=20)
WORDS.fit([handmade.WORDS])


def words(**options: Any) -> TextEncoder:
    encoder = WordEncoder(**options)
    encoder.fit([handmade.WORDS])
    return encoder


def member(
    kind: Any = LSTMClassifier,
    objective: Objective | None = None,
    text: TextEncoder = WORDS,
    seed: int = 0,
    **arguments: Any,
) -> ReviewClassifier:
    torch.manual_seed(seed)
    made: ReviewClassifier = kind(
        objective or CrossEntropy(2), text.vocab_size, init="torch", **arguments
    )
    made.head.weight.data *= 5
    made.describe(text, LABELS, {"seed": seed})
    return made.eval()


def different() -> list[ReviewClassifier]:
    """Make members with different architectures, objectives and text encoders."""
    bytes_ = BPEEncoder(num_tokens=280, max_length=15, padding="pre")
    bytes_.fit([handmade.WORDS] * 3)
    flat = words(max_length=6, pad_to="max_length", truncation="pre")
    return [
        member(seed=1),
        member(GRUClassifier, BCE(2), bytes_, seed=2),
        member(MLPClassifier, MSE(2), flat, seed=3, max_length=6, features="token_ids"),
        member(CNNClassifier, seed=4),
    ]


def mean(members: list[ReviewClassifier], weights: list[int]) -> np.ndarray:
    parts = [score(one, TEXTS).probabilities * w for one, w in zip(members, weights, strict=True)]
    return sum(parts) / sum(weights)


@pytest.mark.parametrize("members", [[member(seed=1), member(seed=2)], different()])
def test_probabilities_are_the_mean_of_the_members(members: list[ReviewClassifier]) -> None:
    weights = [3, 1, 2, 1][: len(members)]
    ensemble = combine(dict(zip(members, weights, strict=True)), {})
    scores = score(ensemble, TEXTS)
    np.testing.assert_allclose(scores.probabilities, mean(members, weights), atol=1e-6)
    assert scores.predictions.tolist() == mean(members, weights).argmax(1).tolist()


def test_members_that_are_equal_answer_as_one() -> None:
    ensemble = combine({member(seed=1): 1, member(seed=1): 2}, {})
    alone = score(member(seed=1), TEXTS)
    np.testing.assert_allclose(score(ensemble, TEXTS).probabilities, alone.probabilities, atol=1e-6)


def test_one_text_encoder_is_kept_as_it_is() -> None:
    ensemble = combine({member(seed=1): 1, member(GRUClassifier, seed=2): 1}, {})
    assert ensemble.text_encoder.state() == WORDS.state()
    assert ensemble.encoder.joined is None


@pytest.mark.parametrize("members", [[member(seed=1), member(seed=2)], different()])
def test_the_checkpoint_stands_alone(tmp_path: Path, members: list[ReviewClassifier]) -> None:
    ensemble = combine(dict.fromkeys(members, 1), {"seed": 3})
    path = handmade.save(ensemble, tmp_path / "best.ckpt")
    torch.load(path, weights_only=True)
    loaded = load_classifier(path)
    assert isinstance(loaded, EnsembleClassifier)
    assert not loaded.training
    assert (loaded.label_names, loaded.config) == (LABELS, {"seed": 3})
    expected = score(ensemble, TEXTS)
    assert np.array_equal(score(loaded, TEXTS).probabilities, expected.probabilities)
    again = handmade.save(loaded, tmp_path / "again.ckpt")
    assert np.array_equal(
        score(load_classifier(again), TEXTS).probabilities, expected.probabilities
    )


def test_certain_members_leave_finite_outputs() -> None:
    certain = member(objective=MSE(2))
    certain.head.bias.data += 100
    ensemble = combine({certain: 1, member(objective=MSE(2), seed=5): 0}, {})
    outputs = ensemble(torch.tensor([[5, 6]]), torch.tensor([[True, True]]))
    assert outputs.isfinite().all()
    torch.testing.assert_close(outputs.exp(), torch.tensor([[0.0, 1.0]]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"classifier": "NoSuch"}, "needs the classifier 'NoSuch'"),
        ({"objective_arguments": {"num_classes": 3}}, "3 classes and 2 label names"),
        ({"arguments": {}}, "has arguments that LSTMClassifier does not accept"),
        ({"classifier": 7}, "is damaged: its members.0.classifier"),
    ],
)
def test_a_damaged_member_is_refused_in_a_line(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    ensemble = combine({member(seed=1): 1, member(seed=2): 1}, {})
    described = [
        {
            "classifier": "LSTMClassifier",
            "objective": "CrossEntropy",
            "objective_arguments": {"num_classes": 2},
            "arguments": {"vocab_size": WORDS.vocab_size},
            **change,
        }
    ] * 2
    path = handmade.save(ensemble, tmp_path / "x.ckpt", members=described)
    with pytest.raises(InputError) as caught:
        load_classifier(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [([1, 0], "has a text encoder with 281 ids"), ([0, 2], "a member uses the text encoder 2")],
)
def test_members_with_the_text_encoder_of_another_are_refused(
    tmp_path: Path, texts: list[int], reason: str
) -> None:
    bytes_ = BPEEncoder(num_tokens=281)
    bytes_.fit([handmade.WORDS] * 9)
    ensemble = combine({member(seed=1): 1, member(text=bytes_, seed=2): 1}, {})
    ensemble.hparams["texts"] = texts
    with pytest.raises(InputError, match=reason):
        load_classifier(handmade.save(ensemble, tmp_path / "x.ckpt"))


def test_members_that_read_alike_are_explained_by_gradients() -> None:
    ensemble = combine({member(seed=1): 1, member(GRUClassifier, seed=2): 2}, {})
    assert obstacle(ensemble) == ""
    reading = read(ensemble.text_encoder, TEXTS[0])
    effects = integrated_gradients(ensemble, reading, 1)
    assert np.abs(effects.effects).min() > 0
    assert abs(effects.gap) < 0.02 * np.abs(effects.effects).sum()


def test_members_that_read_differently_are_explained_word_by_word() -> None:
    ensemble = combine(dict.fromkeys(different(), 1), {})
    assert "do not all have word vectors for the same ids" in obstacle(ensemble)
    explanation = explain(ensemble, TEXTS[0])
    assert explanation.method == "occlusion"
    reading = explanation.reading
    spelled = [reading.spelling(word).strip() for word in reading.words]
    assert spelled == ["good", "idea", ",", "not", "bad"]  # bytes separate the comma from the word
    assert all(effect for effect in explanation.effects)


def test_a_member_without_word_vectors_leaves_no_gradient_to_follow() -> None:
    text = words(max_length=6, pad_to="max_length")
    numbers = member(MLPClassifier, text=text, max_length=6, features="token_ids")
    assert obstacle(combine({numbers: 1, member(text=text): 1}, {}))
