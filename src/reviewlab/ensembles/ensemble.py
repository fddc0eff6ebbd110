"""An ensemble selected from runs, compared with the best single run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewlab.console.table import aligned
from reviewlab.console.text import count_of, readable_path
from reviewlab.ensembles.candidates import Candidate
from reviewlab.ensembles.selection import Answers, Metric, Score, measure, rank, select
from reviewlab.reporting.statistics import paired_interval


@dataclass(frozen=True)
class Ensemble:
    """The selected runs with their weights, and their advantage over the best single run.

    Attributes:
        metric: the metric that the runs were selected by.
        weights: maps the index of each selected run to how often it was selected, in order of
            selection.
        scores: each selected run's own score, in the order of `weights`.
        score: the score of the selected runs' weighted mean probabilities.
        best: the index of the best single run among all candidates.
        best_score: the score of the best single run.
        ahead: the ensemble's gain over the best single run: how much higher its accuracy is, or how
            much lower its loss.
        interval: the gain's 95 % interval; None if only one group was held out.
        reviews: the number of validation reviews.
        groups: the number of groups that the validation reviews form, such as films; None if
            reviews are not grouped.
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
    """Select an ensemble from runs that have the same validation reviews.

    Args:
        candidates: the runs.
        size: the number of selection rounds, each of which adds a run.
        metric: the metric to select by.
    """
    probabilities = [candidate.validation.probabilities for candidate in candidates]
    reviews = candidates[0].validation.reviews
    labels, groups = reviews.labels, reviews.groups
    weights = dict(Counter(select(probabilities, labels, size, metric)))
    total = sum(weight * probabilities[number].astype(float) for number, weight in weights.items())
    combined = measure(np.asarray(total) / sum(weights.values()), labels)
    single = [measure(own, labels) for own in probabilities]
    best = min(range(len(single)), key=lambda number: rank(single[number].score, metric))
    gains = _gains(combined, single[best], metric)
    return Ensemble(
        metric,
        weights,
        [single[number].score for number in weights],
        combined.score,
        best,
        single[best].score,
        float(gains.mean()),
        paired_interval(gains, groups),
        len(labels),
        None if groups is None else len(np.unique(groups)),
    )


def _gains(combined: Answers, single: Answers, metric: Metric) -> np.ndarray:
    """Measure for each review how much better the ensemble is than a single run.

    Args:
        combined: the correctness and loss of the ensemble's predictions.
        single: the correctness and loss of the single run's predictions.
        metric: the metric to compare by.

    Returns:
        The gains, float64 `[reviews]`.
    """
    if metric == "loss":
        return single.losses - combined.losses
    return combined.right.astype(float) - single.right


def format_ensemble(ensemble: Ensemble, candidates: Sequence[Candidate]) -> str:
    """Format a table of the ensemble's members, and its comparison with the best single run."""
    held_out = count_of(ensemble.reviews, "validation review")
    if ensemble.groups is not None:
        held_out += f" in {count_of(ensemble.groups, 'group')}"
    rows = [["weight", "run", "val/accuracy", "val/loss"]]
    rows += [
        [str(weight), readable_path(candidates[number].folder), *_cells(score)]
        for (number, weight), score in zip(ensemble.weights.items(), ensemble.scores, strict=True)
    ]
    rows.append(["", "together", *_cells(ensemble.score)])
    if ensemble.best not in ensemble.weights:
        best = readable_path(candidates[ensemble.best].folder)
        rows.append(["", f"best alone: {best}", *_cells(ensemble.best_score)])
    chosen = f"{count_of(len(candidates), 'run')}, chosen by val/{ensemble.metric} on {held_out}"
    table = aligned(rows, right=[True, False, True, True])
    return "\n".join([chosen, "", *table, "", _ahead(ensemble)]) + "\n"


def _cells(score: Score) -> list[str]:
    return [f"{score.accuracy:.4f}", f"{score.loss:.4f}"]


def _ahead(ensemble: Ensemble) -> str:
    """Describe the ensemble's gain over the best single run, with its confidence interval."""
    if len(ensemble.weights) == 1:
        return "no other run improves on the best one: the ensemble is that run alone"
    low_high = ""
    if ensemble.interval is not None:
        low, high = ensemble.interval
        low_high = f" (95 % interval {low:+.4f} to {high:+.4f}, paired over the reviews)"
    return (
        f"ahead of the best run by {ensemble.ahead:+.4f} {ensemble.metric}{low_high}\n"
        "on the reviews it was selected by; the test split shows how much of that remains"
    )
