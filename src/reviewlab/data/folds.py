"""Folds of a cross-validation: each review outside the test split is held out in one of them."""

import numpy as np

from reviewlab.data.dealing import Indices
from reviewlab.data.splits import Split, draw
from reviewlab.exceptions import InputError


def refuse_fold(folds: int | None, fold: int | None, split_seed: int | None) -> None:
    """Raise InputError unless the options select one of the folds, or ask for none.

    Args:
        folds: number of folds; None for a validation split that is drawn once.
        fold: the fold to hold out.
        split_seed: random seed of the split; None if it changes with the run's seed.
    """
    if folds is None:
        if fold is not None:
            raise InputError(f"data.fold: {fold} has no effect without data.folds; give both")
        return
    allowed = f"0 to {folds - 1}, since data.folds is {folds}"
    if fold is None:
        raise InputError(
            f"data.fold: missing; allowed: {allowed}; sweep.folds={folds} runs all of them"
        )
    if not 0 <= fold < folds:
        raise InputError(f"data.fold: {fold} is not allowed; allowed: {allowed}")
    if split_seed is None:
        raise InputError(
            "data.split_seed: null cannot be used with data.folds, since each seed would draw"
            " different folds; allowed: a number"
        )


def draw_fold(labels: Indices, groups: Indices | None, folds: int, fold: int, seed: int) -> Split:
    """Hold out one fold of a partition; the same seed always gives the same partition.

    The folds are drawn one after another, each as its share of the reviews that are left. So each
    is stratified, and keeps groups whole, just like a split that is drawn once.

    Args:
        labels: labels of the reviews.
        groups: a number for each review's group, which is never divided; None for no groups.
        folds: number of folds.
        fold: the fold to hold out, from 0.
        seed: random seed.

    Returns:
        The indices of the remaining reviews and of the held-out reviews.

    Raises:
        InputError: the fold has no reviews.
    """
    held_out = left = np.arange(len(labels))
    for drawn in range(fold + 1):
        own = None if groups is None else groups[left]
        rest, part = draw(labels[left], own, 1 / (folds - drawn), seed)
        left, held_out = left[rest], left[part]
    if not len(held_out):
        raise InputError(
            f"data.folds: fold {fold} of {folds} has no reviews; give fewer folds, or more distinct"
            " reviews"
        )
    return np.setdiff1d(np.arange(len(labels)), held_out, assume_unique=True), held_out
