"""An ensemble that was chosen from runs, compared with the best of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewlab.console.table import aligned
from reviewlab.console.text import count_of
from reviewlab.ensembles.candidates import Candidate
from reviewlab.ensembles.selection import Answers, Metric, Score, measure, rank, select
from reviewlab.reporting.statistics import paired_interval
from reviewlab.runs.files import short_path


@dataclass(frozen=True)
class Ensemble:
    """Runs with their weights, and how far they are ahead of the best run alone.

    Args:
        metric: that they were chosen by.
        weights: by run how often it was chosen; the first chosen first.
        scores: by run, in the same order, its own.
        score: of their mean.
        best: the best single run of all that there were.
        best_score: its own.
        ahead: by how much the mean is better than the best run: accuracy, or loss that it saves.
        interval: the 95 % interval of that; None where a single group was held out.
        reviews: how many were held out.
        groups: how many groups they are in; None where there are none.
    """

    metric: Metric
    weights: dict[int, int]
    scores: list[Score]
    score: Score
    best: int
    best_score: Score
    ahead: float
    interval: tuple[float, float] | None
    reviews: int
    groups: int | None


def choose(candidates: Sequence[Candidate], size: int, metric: Metric) -> Ensemble:
    """Choose an ensemble from runs of one split.

    Args:
        candidates: the runs.
        size: rounds of the selection.
        metric: that makes an ensemble the best.
    """
    probabilities = [candidate.validation.probabilities for candidate in candidates]
    labels, _, groups = candidates[0].validation.reviews
    weights = dict(Counter(select(probabilities, labels, size, metric)))
    total = sum(weight * probabilities[number].astype(float) for number, weight in weights.items())
    together = measure(np.asarray(total) / sum(weights.values()), labels)
    alone = [measure(own, labels) for own in probabilities]
    best = min(range(len(alone)), key=lambda number: rank(alone[number].score, metric))
    gains = _gains(together, alone[best], metric)
    return Ensemble(
        metric,
        weights,
        [alone[number].score for number in weights],
        together.score,
        best,
        alone[best].score,
        float(gains.mean()),
        paired_interval(gains, groups),
        len(labels),
        None if groups is None else len(np.unique(groups)),
    )


def _gains(together: Answers, alone: Answers, metric: Metric) -> np.ndarray:
    """Measure for each review how much better the ensemble answers."""
    if metric == "loss":
        return alone.losses - together.losses
    return together.right.astype(float) - alone.right


def format_ensemble(ensemble: Ensemble, candidates: Sequence[Candidate]) -> str:
    """Format the members, the comparison and what it rests on, for people."""
    held_out = count_of(ensemble.reviews, "validation review")
    if ensemble.groups is not None:
        held_out += f" in {count_of(ensemble.groups, 'group')}"
    rows = [["weight", "run", "val/accuracy", "val/loss"]]
    rows += [
        [str(weight), short_path(candidates[number].folder), *_cells(score)]
        for (number, weight), score in zip(ensemble.weights.items(), ensemble.scores, strict=True)
    ]
    rows.append(["", "together", *_cells(ensemble.score)])
    if ensemble.best not in ensemble.weights:
        best = short_path(candidates[ensemble.best].folder)
        rows.append(["", f"best alone: {best}", *_cells(ensemble.best_score)])
    chosen = f"{count_of(len(candidates), 'run')}, chosen by val/{ensemble.metric} on {held_out}"
    table = aligned(rows, right=[True, False, True, True])
    return "\n".join([chosen, "", *table, "", _ahead(ensemble)]) + "\n"


def _cells(score: Score) -> list[str]:
    return [f"{score.accuracy:.4f}", f"{score.loss:.4f}"]


def _ahead(ensemble: Ensemble) -> str:
    """Say by how much the ensemble is ahead, and how sure that is."""
    if len(ensemble.weights) == 1:
        return "no other run makes the best one better: the ensemble is that run alone"
    low_high = ""
    if ensemble.interval is not None:
        low, high = ensemble.interval
        low_high = f" (95 % interval {low:+.4f} to {high:+.4f}, paired over the reviews)"
    return (
        f"ahead of the best run by {ensemble.ahead:+.4f} {ensemble.metric}{low_high}\n"
        "on the reviews that it was chosen by: the test split tells what is left of it"
    )
