"""The measurements of a checkpoint, printed and as json."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests import handmade

from reviewlab.config.compose import compose_config
from reviewlab.evaluation.checkpoint import OpenCheckpoint, open_with_training_data
from reviewlab.evaluation.measure import (
    EvaluationReport,
    evaluation_report,
    format_evaluation,
    measure,
)
from reviewlab.explaining.scoring import score

STARS = ("1", "2", "3", "4", "5")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    node = compose_config("evaluate", ["data=demo", "data.reviews=300"])["data"]
    made = handmade.classifier(STARS, data=node)
    return handmade.save(made, tmp_path_factory.mktemp("measured") / "x.ckpt")


@pytest.fixture(scope="module")
def opened(path: Path) -> OpenCheckpoint:
    return open_with_training_data(path, "test")


@pytest.fixture(scope="module")
def report(path: Path, opened: OpenCheckpoint) -> EvaluationReport:
    return evaluation_report(path, opened, "test")


def test_the_accuracy_is_the_share_of_right_predictions(opened: OpenCheckpoint) -> None:
    for split in ("train", "validation", "test"):
        reviews = opened.data.read_split(split)
        right = score(opened.classifier, reviews.texts).predictions == reviews.labels
        measured = measure(opened.classifier, opened.data, split)
        assert measured["accuracy"] == pytest.approx(right.mean(), abs=1e-6)


def test_the_baseline_answers_the_commonest_class_of_the_training(
    opened: OpenCheckpoint, report: EvaluationReport
) -> None:
    commonest = np.bincount(opened.data.corpus("train").labels).argmax()
    assert report.majority_label == STARS[commonest]
    share = (opened.data.corpus("test").labels == commonest).mean()
    assert report.majority_baseline["test/accuracy"] == pytest.approx(share)


def test_only_a_test_split_counts_uses(report: EvaluationReport) -> None:
    assert report.as_json()["test_uses"] is None
    assert replace(report, test_uses=3).as_json()["test_uses"] == 3
    other = replace(report, split="validation").as_json()
    assert "test_uses" not in other
    assert {**other, "split": "test", "test_uses": None} == report.as_json()


def test_a_person_reads_what_was_measured_on_what(report: EvaluationReport) -> None:
    head, line, *_ = format_evaluation(replace(report, seconds=2.04)).splitlines()
    assert head.startswith("LSTMClassifier of ")
    assert line == "DemoDataModule, test: 60 reviews in 2.0 s"


@pytest.mark.parametrize(("classes", "collapsed"), [(1, True), (2, False)])
def test_one_answer_for_every_review_is_told(
    report: EvaluationReport, classes: int, collapsed: bool
) -> None:
    metrics = {**report.metrics, "test/predicted_classes": float(classes)}
    text = format_evaluation(replace(report, metrics=metrics))
    assert text.endswith("collapsed: every prediction is the same class\n") is collapsed
