"""Deal groups of reviews out to the two sides of a split.

Randomness comes from the raw numbers of numpy's PCG64 alone, as in `splits`.
"""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

SLACK = 0.1
"""The largest change of the share that a class gives to a side, to make up for chance."""


def random_order(count: int, seed: int) -> Indices:
    """Shuffle the indices; `count` is part of the seed, so that splitting a split draws afresh."""
    order: Indices = np.argsort(
        np.random.PCG64([seed % 2**64, count]).random_raw(count), kind="stable"
    )
    return order


def deal_groups(tallies: Indices, counts: Indices, share: float, seed: int) -> NDArray[np.bool_]:
    """Choose the groups to hold out, the largest first.

    Args:
        tallies: int64 `[groups, classes]`, the reviews of each group; none for those not dealt out.
        counts: int64 `[classes]`, all reviews, those that are alone in their group included.
        share: to hold out.
        seed: draws the order of equally large groups, and the sides.

    Returns:
        bool `[groups]`.
    """
    order = np.lexsort((random_order(len(tallies), seed), -tallies.sum(axis=1)))
    chosen = _chance(len(tallies), share, seed)
    held_out = np.zeros(len(tallies), dtype=bool)
    surplus = np.zeros(len(counts))  # of the held-out side, by class, so far
    behind = counts.copy()
    for group in order[tallies[order].any(axis=1)]:
        tally = tallies[group]
        behind -= tally
        if _leaves_a_choice(surplus, tally, behind, share):
            held_out[group] = chosen[group]
        else:
            held_out[group] = 2 * (surplus @ tally) + (1 - 2 * share) * (tally @ tally) < 0
        surplus += tally * (held_out[group] - share)
    return held_out


def _leaves_a_choice(
    surplus: NDArray[np.float64], tally: Indices, behind: Indices, share: float
) -> bool:
    """Tell whether the reviews behind a group can easily make up for either side of it.

    They can if no class has to change the share that it gives to a side by more than `SLACK`. So
    chance never fills much of the held-out side with one text that many reviews repeat.

    Args:
        surplus: float64 `[classes]`, of the held-out side so far.
        tally: int64 `[classes]`, the reviews of the group.
        behind: int64 `[classes]`, the reviews that are still to be dealt out or drawn.
        share: to hold out.
    """
    if_held_out, if_kept = surplus + tally * (1 - share), surplus - tally * share
    easy = (if_held_out <= behind * share * SLACK) & (if_kept >= behind * (share - 1) * SLACK)
    return bool(easy[tally > 0].all())


def _chance(count: int, share: float, seed: int) -> NDArray[np.bool_]:
    # the 1 gives a stream other than that of `random_order`
    raw = np.random.PCG64([seed % 2**64, count, 1]).random_raw(count)
    chosen: NDArray[np.bool_] = raw < share * 2.0**64
    return chosen
