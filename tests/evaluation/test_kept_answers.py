"""Evaluating a run on its validation split writes its missing probabilities for ensembles."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.ensembles.runs import answers, finished_run
from torch import Tensor

from reviewlab.evaluation.checkpoint import OpenCheckpoint, open_with_training_data
from reviewlab.evaluation.kept_answers import keep_answers
from reviewlab.evaluation.measure import collect
from reviewlab.explaining.scoring import score
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.validation import PROBABILITIES, read_validation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return finished_run(tmp_path / "run", 0)


def predicted(opened: OpenCheckpoint) -> Tensor:
    """Return the probabilities of the validation reviews."""
    return collect(opened.classifier, opened.data, "validation").so_far()[1]


def test_what_a_run_has_not_kept_is_written(folder: Path) -> None:
    checkpoint = RunFolder(folder).best_checkpoint
    opened = open_with_training_data(checkpoint, "validation")
    keep_answers(checkpoint, opened, predicted(opened))
    assert np.array_equal(read_validation(folder).probabilities, answers(0))  # it existed already
    (folder / PROBABILITIES).unlink()
    keep_answers(checkpoint, opened, predicted(opened))
    kept, corpus = read_validation(folder), opened.data.corpus("validation")
    texts = opened.data.read_split("validation").texts
    expected = score(opened.classifier, texts).probabilities
    np.testing.assert_allclose(kept.probabilities, expected, atol=2**-11)
    assert kept.epoch == 2
    assert kept.reviews.labels.tolist() == corpus.labels.tolist()


def test_answers_to_another_split_or_of_another_epoch_are_not_kept(folder: Path) -> None:
    best = RunFolder(folder).best_checkpoint
    opened = open_with_training_data(best, "validation")
    (folder / PROBABILITIES).unlink()
    keep_answers(best, opened._replace(as_trained=False), predicted(opened))
    last = shutil.copy(best, best.with_name("last.ckpt"))
    keep_answers(last, opened, predicted(opened))
    assert not (folder / PROBABILITIES).exists()
