"""The folder of an ensemble: a self-contained checkpoint in a folder like that of a run."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests import handmade
from tests.ensembles.runs import STARS, finished_run

from reviewlab.config.options import DataChoice
from reviewlab.ensembles.candidates import Candidate, read_candidates
from reviewlab.ensembles.ensemble import choose
from reviewlab.ensembles.folder import write_ensemble
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.measure import evaluate
from reviewlab.evaluation.options import EvaluationOptions
from reviewlab.exceptions import InputError
from reviewlab.explaining.scoring import score
from reviewlab.models import EnsembleClassifier, load_classifier
from reviewlab.reporting.rows import read_row
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result

TEXTS = ["good idea, not bad", "a dull film"]


@pytest.fixture
def candidates(tmp_path: Path) -> list[Candidate]:
    for seed in range(3):
        made = handmade.classifier(STARS, **_config())
        made.head.weight.data *= seed + 1
        finished_run(tmp_path / "runs" / str(seed), seed, made=made)
    return read_candidates([tmp_path / "runs"])[0]


def _config() -> dict[str, Any]:
    from reviewlab.config.compose import compose_config

    return {"data": compose_config("evaluate", ["data=demo", "data.reviews=300"])["data"]}


@pytest.fixture
def written(candidates: list[Candidate], tmp_path: Path) -> RunFolder:
    return write_ensemble(choose(candidates, 5, "loss"), candidates, tmp_path / "out", "three")


def test_the_checkpoint_needs_none_of_the_runs(written: RunFolder, tmp_path: Path) -> None:
    members = json.loads((written.path / "members.json").read_text())
    parts = [
        score(load_classifier(RunFolder(Path(one["run"])).best_checkpoint), TEXTS).probabilities
        * one["weight"]
        for one in members
    ]
    assert len(parts) > 1
    expected = sum(parts) / sum(one["weight"] for one in members)
    shutil.rmtree(tmp_path / "runs")
    moved = shutil.copy(written.best_checkpoint, tmp_path / "moved.ckpt")
    torch.load(moved, weights_only=True)
    classifier = load_classifier(moved)
    assert isinstance(classifier, EnsembleClassifier)
    np.testing.assert_allclose(score(classifier, TEXTS).probabilities, expected, atol=1e-6)


def test_its_folder_is_found_and_shown_like_a_run(written: RunFolder) -> None:
    assert find_checkpoint(str(written.path)) == str(written.best_checkpoint)
    row = read_row(written.path, "val/loss")
    assert (row.state, row.seed, row.settings["model"]) == ("done", "", "EnsembleClassifier")
    assert row.value == read_result(written.path)["best"]["val/loss"]
    assert row.seconds == 2.0 * len(json.loads((written.path / "members.json").read_text()))


def test_each_look_at_the_test_split_is_counted(written: RunFolder) -> None:
    options = EvaluationOptions(str(written.best_checkpoint), "test")
    for uses in (1, 2):
        evaluate(options, DataChoice(None, {}))
        assert read_result(written.path)["test_uses"] == uses
    assert "test/accuracy" in read_result(written.path)["test"]


def test_an_ensemble_is_no_candidate_and_is_not_trained(
    written: RunFolder, candidates: list[Candidate], tmp_path: Path
) -> None:
    found, notes = read_candidates([tmp_path])
    assert [one.folder for one in found] == [one.folder for one in candidates]
    assert notes == []
    with pytest.raises(InputError, match="is an ensemble, which cannot be trained"):
        RunFolder.open(written.path)


def test_a_member_that_cannot_be_loaded_leaves_nothing(
    candidates: list[Candidate], tmp_path: Path
) -> None:
    ensemble = choose(candidates, 5, "loss")
    number = next(iter(ensemble.weights))
    RunFolder(candidates[number].folder).best_checkpoint.write_bytes(b"PK")
    with pytest.raises(InputError, match=r"best\.ckpt' is truncated"):
        write_ensemble(ensemble, candidates, tmp_path / "out", "three")
    assert not [*(tmp_path / "out").rglob("*")]


def test_a_failure_while_it_is_written_leaves_nothing(
    candidates: list[Candidate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("reviewlab.ensembles.folder.write_result", fail)
    with pytest.raises(OSError, match="no space"):
        write_ensemble(choose(candidates, 5, "loss"), candidates, tmp_path / "out", "three")
    assert not [*(tmp_path / "out" / "ensembles").iterdir()]


def test_outputs_that_cannot_be_made_are_refused(
    candidates: list[Candidate], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"^outputs: .*; allowed: a folder"):
        write_ensemble(choose(candidates, 1, "loss"), candidates, tmp_path / "file", "x")
