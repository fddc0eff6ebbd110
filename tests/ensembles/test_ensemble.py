"""An ensemble against the best single run, and the printed comparison."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.ensembles.runs import COUNT, SPLIT, answers, finished_run

from reviewlab.ensembles.candidates import Candidate, read_candidates
from reviewlab.ensembles.ensemble import choose, format_ensemble
from reviewlab.ensembles.selection import measure
from reviewlab.reporting.statistics import paired_interval


@pytest.fixture
def candidates(tmp_path: Path) -> list[Candidate]:
    groups = np.arange(COUNT) // 4
    split = SPLIT._replace(groups=groups)
    for seed in range(4):
        finished_run(tmp_path / str(seed), seed, split=split)
    return read_candidates([tmp_path])[0]


@pytest.mark.parametrize("metric", ["accuracy", "loss"])
def test_the_lead_is_that_over_the_best_single_run(candidates, metric) -> None:
    ensemble = choose(candidates, 5, metric)
    parts = [weight * answers(number).astype(float) for number, weight in ensemble.weights.items()]
    together = measure(sum(parts) / sum(ensemble.weights.values()), SPLIT.labels)
    alone = [measure(answers(seed), SPLIT.labels) for seed in range(4)]
    if metric == "accuracy":
        gains = together.right.astype(float) - alone[ensemble.best].right
        assert ensemble.best_score.accuracy == max(one.score.accuracy for one in alone)
    else:
        gains = alone[ensemble.best].losses - together.losses
        assert ensemble.best_score.loss == min(one.score.loss for one in alone)
    assert ensemble.score == together.score
    assert ensemble.ahead == pytest.approx(gains.mean())
    assert ensemble.ahead > 0
    assert ensemble.interval == paired_interval(gains, candidates[0].validation.reviews.groups)
    assert (ensemble.reviews, ensemble.groups) == (60, 15)


def test_a_person_reads_the_members_with_their_weights_and_the_lead(candidates) -> None:
    ensemble = choose(candidates, 5, "accuracy")
    text = format_ensemble(ensemble, candidates)
    head, *_ = text.splitlines()
    assert head == "4 runs, chosen by val/accuracy on 60 validation reviews in 15 groups"
    for number, weight in ensemble.weights.items():
        assert re.search(rf"^ +{weight}  .*/{number} +0\.\d{{4}} ", text, re.MULTILINE)
    assert re.search(r"best run by \+0\.\d{4} accuracy \(95 % interval -?\+?0\.\d{4} to", text)


def test_runs_that_are_equal_are_told_to_be_one(tmp_path: Path) -> None:
    for seed in range(2):
        finished_run(tmp_path / str(seed), seed, values=answers(0))
    candidates, _ = read_candidates([tmp_path])
    ensemble = choose(candidates, 5, "accuracy")
    assert ensemble.weights == {0: 1}
    assert ensemble.ahead == 0
    assert "the ensemble is that run alone" in format_ensemble(ensemble, candidates)
