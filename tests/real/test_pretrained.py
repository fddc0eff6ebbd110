"""The accuracy of a real pretrained encoder on a few hundred real reviews."""

import time
from pathlib import Path
from typing import Any

import pytest
import torch

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.explaining.explanation import explain
from reviewlab.models import load_classifier
from reviewlab.running.run import Outcome, run

pytestmark = pytest.mark.real_data

SIZES = {"train": 400, "test": 300}
SENTENCE = "A slow start, but the second half is one of the best things I have seen in years."


@pytest.fixture(scope="module")
def reviews(imdb_source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tables of equally many training and test reviews."""
    from datasets import load_dataset

    folder = tmp_path_factory.mktemp("few")
    files = {}
    for split, size in SIZES.items():
        files[split] = folder / f"{split}.parquet"
        whole: Any = load_dataset(str(imdb_source), split=split)
        whole.shuffle(seed=0).select(range(size)).to_parquet(str(files[split]))
    return files


def trained(reviews: dict[str, Path], source: Path, outputs: Path, *overrides: str) -> Outcome:
    config = compose_config(
        "train",
        [
            "data=table",
            f"data.source={reviews['train']}",
            f"data.test_source={reviews['test']}",
            "data.validation=0",
            "model=pretrained",
            f"model.source={source}",
            "optimizer=adamw",
            "scheduler=linear",
            f"outputs={outputs}",
            "test=true",
            *overrides,
        ],
    )
    return run(check_config(config), [])


@pytest.fixture(scope="module")
def head(
    reviews: dict[str, Path], pretrained_source: Path, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """A trained head on the frozen encoder; computing its features takes most of the time."""
    options = ["model.train=head", "optimizer.lr=3e-3", "trainer.max_epochs=30"]
    folder = tmp_path_factory.mktemp("head")
    lengths = ["data.text.max_length=128", "data.batch_size=32"]
    return trained(reviews, pretrained_source, folder, *options, *lengths)


def test_a_head_tells_reviews_apart(head: Outcome) -> None:
    assert head.training.test is not None
    assert head.training.test["test/accuracy"] > 0.68  # .76 with 2,000 reviews


def test_a_second_head_needs_no_pass(
    head: Outcome, reviews: dict[str, Path], pretrained_source: Path, tmp_path: Path
) -> None:
    options = ["model.train=head", "optimizer.lr=1e-3", "trainer.max_epochs=2", "test=false"]
    lengths = ["data.text.max_length=128", "data.batch_size=32"]
    began = time.process_time()
    trained(reviews, pretrained_source, tmp_path, *options, *lengths)
    again = time.process_time() - began
    assert again < head.training.seconds["prepare"]


def test_a_few_steps_of_all_weights_learn(
    reviews: dict[str, Path], pretrained_source: Path, tmp_path: Path
) -> None:
    options = ["optimizer.lr=5e-5", "trainer.max_epochs=2", "data.batch_size=16", "test=false"]
    outcome = trained(reviews, pretrained_source, tmp_path, *options, "data.text.max_length=64")
    first, second = (epoch["train/loss"] for epoch in outcome.training.curves)
    assert second < first - 0.05
    checkpoint = outcome.folder.path / "checkpoints" / "last.ckpt"
    explanation = explain(load_classifier(checkpoint), SENTENCE, "occlusion")
    assert any(explanation.effects)


def test_features_are_those_of_transformers(pretrained_source: Path, head: Outcome) -> None:
    from transformers import AutoModel, AutoTokenizer

    made = load_classifier(head.folder.path / "checkpoints" / "best.ckpt")
    ids, _ = made.text_encoder.encode([SENTENCE])
    rows = torch.from_numpy(ids).long()[None]
    theirs = AutoModel.from_pretrained(pretrained_source).eval()
    given = AutoTokenizer.from_pretrained(pretrained_source)(SENTENCE, return_tensors="pt")
    assert torch.equal(given["input_ids"], rows)
    with torch.no_grad():
        expected = theirs(**given).last_hidden_state.mean(1)
        features = made.encoder(rows, torch.ones_like(rows).bool())
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=1e-5)
