"""A model is given what it reads, or the message names what would fit."""

from pathlib import Path

import pytest
from tests.config.refusals import line

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config


@pytest.mark.parametrize(
    ("overrides", "refused", "remedy"),
    [
        (["model=ngram", "data/text=words"], "WordEncoder produces token_ids", "data/text=ngrams"),
        (["model=ngram", "data/text=bpe"], "BPEEncoder produces token_ids", "data/text=ngrams"),
        (["model=lstm", "data/text=ngrams"], "NgramEncoder produces ngrams", "data/text=words"),
    ],
)
def test_a_model_is_given_what_it_reads(
    overrides: list[str], refused: str, remedy: str, tmp_path: Path
) -> None:
    """The message names the encoder, though the demo's `max_length` is wrong too."""
    unread = [*overrides, f"data.cache_dir={tmp_path / 'cache'}"]
    message = line(*unread)
    assert message.startswith(f"data.text: {refused}, but ")
    assert message.endswith(f"allowed: {remedy}, or another model")
    assert not (tmp_path / "cache").exists()
    group = remedy.partition("=")[0]
    mended = [remedy if word.startswith(group) else word for word in unread]
    assert check_config(compose_config("train", mended))


@pytest.mark.parametrize(
    ("overrides", "refused", "remedy"),
    [
        (["data=mnist"], "LSTMClassifier reads texts, but MNISTDataModule has", "model=image_cnn"),
        (["data=mnist", "model=mlp"], "MLPClassifier reads texts", "model=image_cnn"),
        (["model=image_cnn"], "ImageCNNClassifier reads images, but DemoDataModule", "data=mnist"),
        (["data=imdb", "model=image_cnn"], "ImageCNNClassifier reads images", "data=mnist"),
    ],
)
def test_images_and_texts_are_not_confused(overrides: list[str], refused: str, remedy: str) -> None:
    message = line(*overrides)
    assert message.startswith(f"model: {refused}")
    assert f"allowed: {remedy}, or " in message
    assert check_config(compose_config("train", [*overrides, remedy]))
