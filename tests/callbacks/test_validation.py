"""A run saves the validation probabilities of its best epoch, and no others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback
from tests.training.tiny import Setup

from reviewlab.callbacks import Checkpoints
from reviewlab.callbacks.validation import in_order
from reviewlab.explaining.scoring import score_corpus
from reviewlab.models import load_classifier
from reviewlab.runs.validation import PROBABILITIES, REVIEWS, read_validation


def test_the_parts_of_two_ranks_are_joined_batch_by_batch() -> None:
    first, second = [[[0.0], [1.0]], [[4.0]]], [[[2.0], [3.0]], [[5.0]]]
    ranks = [[torch.tensor(part) for part in parts] for parts in (first, second)]
    assert in_order(ranks)[:, 0].tolist() == [0, 1, 2, 3, 4, 5]


def test_kept_is_what_the_best_checkpoint_answers(setup: Setup) -> None:
    setup.trainer["max_epochs"] = 6
    setup.data["eval_batch_size"] = 4
    result, _ = setup.run()
    kept = read_validation(setup.folder)
    _, data, _ = setup.build()
    corpus = data.corpus("validation")
    best = load_classifier(setup.folder / "checkpoints" / "best.ckpt")
    answers = score_corpus(best, corpus).probabilities
    assert kept.epoch == result.best_epoch
    assert kept.probabilities.dtype == np.float16
    np.testing.assert_allclose(kept.probabilities, answers, atol=2**-11)
    assert kept.reviews.labels.tolist() == corpus.labels.tolist()
    reviews = data.read_split("validation")
    everything = data.read()["train"].texts
    assert [everything[place] for place in kept.reviews.places] == reviews.texts
    assert kept.reviews.texts is None  # no text is repeated


def test_a_run_that_is_killed_and_goes_on_keeps_the_same(setup: Setup, tmp_path: Path) -> None:
    class Killed(Callback):
        def on_train_batch_end(self, trainer: Any, *arguments: Any) -> None:
            if trainer.global_step == 8:
                raise RuntimeError("killed")

    setup.run()
    whole = read_validation(setup.folder)
    other = Setup(tmp_path / "other")
    other.callbacks = lambda: [Killed()]
    with pytest.raises(RuntimeError):
        other.run()
    other.callbacks = list
    other.run(resume=True)
    kept = read_validation(other.folder)
    assert kept.epoch == whole.epoch
    assert np.array_equal(kept.probabilities, whole.probabilities)


def test_a_run_that_is_killed_before_it_saves_an_epoch_repeats_it(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.run()
    whole = read_validation(setup.folder)
    other = Setup(tmp_path / "other")
    save, saved = Checkpoints.save_last, []

    def killed(checkpoints: Checkpoints, *arguments: Any) -> None:
        saved.append(arguments)
        if len(saved) == whole.epoch + 1:
            raise RuntimeError("killed")
        save(checkpoints, *arguments)

    monkeypatch.setattr(Checkpoints, "save_last", killed)
    with pytest.raises(RuntimeError):
        other.run()
    assert read_validation(other.folder).epoch == whole.epoch
    other.run(resume=True)
    kept = read_validation(other.folder)
    assert kept.epoch == whole.epoch
    assert np.array_equal(kept.probabilities, whole.probabilities)


def test_a_limited_validation_keeps_the_reviews_that_it_saw(setup: Setup) -> None:
    setup.data["eval_batch_size"] = 4
    setup.trainer["limit_val_batches"] = 1
    setup.run()
    kept = read_validation(setup.folder)
    assert len(kept.probabilities) == len(kept.reviews.labels) == 4


def test_without_a_validation_split_there_is_nothing_to_keep(setup: Setup) -> None:
    setup.data["validation"] = 0.0
    setup.run()
    assert not {PROBABILITIES, REVIEWS} & {path.name for path in setup.folder.iterdir()}
