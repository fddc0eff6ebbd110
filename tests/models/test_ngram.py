"""The n-gram classifier: its scales by hand, its training, checkpoint and predictions."""

import math
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from tests.training.ranks import run_two_ranks
from tests.training.tiny import Setup, TinyDataModule

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.reviews import Reviews
from reviewlab.explaining.scoring import score
from reviewlab.models import NgramClassifier, load_classifier
from reviewlab.models.ngram import count_by_class
from reviewlab.nn import CrossEntropy
from reviewlab.nn.ngrams import Weighting
from reviewlab.text.ngrams import NgramEncoder

TEXTS = ["good film", "not bad", "", "an unheard-of thing", "bad plot dull actor bad plot"]


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    made = Setup(tmp_path)
    made.use_ngrams()
    return made


class FourReviews(ReviewDataModule):
    """Four reviews of two classes, which differ in one word each."""

    label_names = ("negative", "positive")

    def fingerprint(self) -> str:
        return "four"

    def read(self) -> dict[str, Reviews]:
        texts = ["bad film bad", "bad", "good film", "good good"]
        return {"train": Reviews(texts, np.array([0, 0, 1, 1]))}


@pytest.fixture
def four() -> FourReviews:
    text = NgramEncoder(word_ngrams=1, min_count=1)
    data = FourReviews(text=text, validation=0.0, batch_size=None)
    data.prepare()
    return data


def id_of(data: ReviewDataModule, word: str) -> int:
    return int(data.text.encode([word])[0][0])


def test_a_review_counts_once_for_each_of_its_ngrams(four: FourReviews) -> None:
    counts = count_by_class(four.corpus("train"), 2, four.text.vocab_size)
    of_word = {word: counts[:, id_of(four, word)].tolist() for word in ("bad", "good", "film")}
    assert of_word == {"bad": [2, 0], "good": [0, 2], "film": [1, 1]}
    assert counts.sum() == 6 and counts[:, 0].tolist() == [0, 0]  # nothing is unknown


@pytest.mark.parametrize("weighting", get_args(Weighting))
def test_it_starts_from_scales_of_the_training_reviews(
    four: FourReviews, weighting: Weighting
) -> None:
    """Each of four ids is smoothed by 0.5; the total of a class is 3 + 4 * 0.5 = 5."""
    assert four.text.vocab_size == 4
    made = NgramClassifier(CrossEntropy(2), 4, weighting, smoothing=0.5)
    made.start_from(four)
    scale = {word: float(made.encoder.scale[id_of(four, word)]) for word in ("bad", "film")}
    rarity = math.log((1 + 4) / (1 + 2)) + 1
    ratio = math.log((2.5 / 5) / (0.5 / 5))
    bad = {"binary": 1.0, "tfidf": rarity, "nb": ratio, "tfidf_nb": rarity * ratio**0.5}
    film = {"binary": 1.0, "tfidf": rarity, "nb": 0.0, "tfidf_nb": 0.0}
    assert scale == pytest.approx({"bad": bad[weighting], "film": film[weighting]})


def test_before_the_training_every_class_is_as_likely(four: FourReviews) -> None:
    made = NgramClassifier(CrossEntropy(2), 4)
    made.start_from(four)
    made.describe(four.text, four.label_names, {})
    assert score(made.eval(), TEXTS).probabilities == pytest.approx(0.5)


def test_trained_to_the_end_it_separates_the_classes(setup: Setup) -> None:
    setup.trainer["max_epochs"] = 8
    result, _ = setup.run()
    assert [epoch["step"] for epoch in result.curves] == [*range(1, 9)]
    assert result.last["train/accuracy"] == 1.0
    assert result.last["train/loss"] < 0.1 < result.curves[0]["train/loss"]


@pytest.mark.parametrize("text", [{}, {"hash_size": 64}, {"character_ngrams": 4}])
def test_the_file_of_a_training_answers_as_it_does(setup: Setup, text: dict[str, int]) -> None:
    setup.use_ngrams(**text)
    classifier, data, training = setup.build()
    training.run(classifier, data)
    loaded = load_classifier(setup.folder / "checkpoints" / "last.ckpt")
    assert isinstance(loaded, NgramClassifier)
    assert torch.equal(loaded.encoder.scale, classifier.encoder.scale)
    for split in ("train", "test"):
        batch = data.corpus(split).gather(np.arange(len(data.corpus(split))), data.text)
        again = data.corpus(split).gather(np.arange(len(data.corpus(split))), loaded.text_encoder)
        with torch.no_grad():
            expected = classifier.eval()(*batch.inputs)
            assert torch.equal(loaded(*again.inputs), expected)
    expected_probabilities = score(classifier, TEXTS).probabilities
    assert np.array_equal(score(loaded, TEXTS).probabilities, expected_probabilities)


def test_a_text_alone_is_a_text_among_others(setup: Setup) -> None:
    classifier, data, training = setup.build()
    training.run(classifier, data)
    together = score(classifier.eval(), TEXTS).probabilities
    alone = [score(classifier, [text]).probabilities[0] for text in TEXTS]
    np.testing.assert_allclose(alone, together, atol=1e-7)
    assert np.ptp(together[:, 0]) > 0.1


def test_an_empty_text_is_answered_by_the_bias(setup: Setup) -> None:
    classifier, data, training = setup.build()
    training.run(classifier, data)
    bias = classifier.head.bias.detach()
    expected = classifier.objective.probabilities(bias[None])[0].tolist()
    assert score(classifier.eval(), [""]).probabilities[0] == pytest.approx(expected)


def test_every_review_is_read_in_each_step(setup: Setup) -> None:
    _, data, _ = setup.build()
    assert isinstance(data, TinyDataModule) and data.batch_size is None
    loader = data.train_dataloader()
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        [batch] = loader
        assert torch.equal(batch.labels, torch.tensor(data.corpus("train").labels))
    assert len(batch.labels) == data.train_batch_size == 36


def test_the_seed_of_the_order_changes_no_bit(setup: Setup) -> None:
    _, weights = setup.run()
    setup.data["seed"] = 7
    _, other = setup.run()
    assert all(torch.equal(other[name], weights[name]) for name in weights)


RANK = """
import os
import sys
from functools import partial
from pathlib import Path
import torch
from torch.distributed import destroy_process_group
from tests.training.tiny import Setup

def trained(name, **trainer):
    setup = Setup(Path(sys.argv[1]) / os.environ["LOCAL_RANK"] / name)
    setup.use_ngrams()
    setup.optimizer = partial(torch.optim.Adam, lr=0.1)
    setup.data = {"validation": 0.0, "batch_size": 8}
    setup.trainer = {"max_epochs": 2, **trainer}
    return setup.run()

_, shared = trained("shared", devices=2, strategy="ddp")
destroy_process_group()
_, alone = trained("alone")
for name in alone:
    torch.testing.assert_close(shared[name], alone[name], rtol=1e-4, atol=1e-5)
assert alone["encoder.weight"].abs().max() > 0.1
"""


def test_two_processes_train_what_one_does(tmp_path: Path) -> None:
    run_two_ranks(RANK, tmp_path)
