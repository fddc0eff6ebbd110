"""The accuracy of our n-gram recipes on the real reviews, and the speed of encoding."""

from pathlib import Path

import pytest

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.models import load_classifier
from reviewlab.running.run import Outcome, run

pytestmark = pytest.mark.real_data


def trained(source: Path, outputs: Path, *overrides: str) -> Outcome:
    config = compose_config("train", [*overrides, f"outputs={outputs}"])
    config["data"]["source"] = str(source)
    return run(check_config(config), [])


def test_it_is_right_more_often_than_a_bag_of_words(imdb_source: Path, tmp_path: Path) -> None:
    """A bag of words has a test accuracy of .889; no film is in two splits."""
    outcome = trained(imdb_source, tmp_path, "experiment=imdb/ngram", "test=true")
    assert outcome.training.test["test/accuracy"] > 0.918
    classifier = load_classifier(outcome.folder.best_checkpoint)
    words = classifier.text_encoder.decode(range(1, classifier.text_encoder.vocab_size))
    assert {"movie", "not good", "waste of time"} <= {*words.split(" | ")}


def test_stars_are_told_apart(netflix_source: Path, tmp_path: Path) -> None:
    """The run has half the steps of the recipe; always predicting five stars has .379."""
    outcome = trained(netflix_source, tmp_path, "experiment=netflix/ngram", "trainer.max_epochs=3")
    assert outcome.training.best["val/accuracy"] > 0.66
    assert outcome.training.flags == []
