"""Deal groups of reviews out to the two sides of a split.

Randomness comes only from the raw numbers of numpy's PCG64, as in `splits`.
"""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

SLACK = 0.1
"""Maximum relative change that chance may cause in a side's share of the reviews that follow."""


def random_order(count: int, seed: int) -> Indices:
    """Return the indices below `count` in random order.

    The order depends on `seed` and on `count`. So if part of the reviews is split again with the
    same seed, the new order is unrelated to the first.
    """
    order: Indices = np.argsort(
        np.random.PCG64([seed % 2**64, count]).random_raw(count), kind="stable"
    )
    return order


def deal_groups(tallies: Indices, counts: Indices, share: float, seed: int) -> NDArray[np.bool_]:
    """Decide which groups to hold out, one by one, starting with the largest.

    Args:
        tallies: int64 `[groups, classes]`, number of reviews by group and class. A group with only
            zeros is never held out.
        counts: int64 `[classes]`, number of all reviews of each class, including reviews that are
            alone in their group.
        share: share of the reviews to hold out.
        seed: random seed, for the order of groups of equal size and for the random decisions.

    Returns:
        bool `[groups]`, true for the groups that are held out.
    """
    order = np.lexsort((random_order(len(tallies), seed), -tallies.sum(axis=1)))
    chosen = _chance(len(tallies), share, seed)
    held_out = np.zeros(len(tallies), dtype=bool)
    surplus = np.zeros(len(counts))  # by class: reviews held out in excess of the share
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
    """Test if chance may decide whether a group of reviews is held out.

    That is allowed if the reviews that are decided later can compensate for either outcome: in
    every class of the group, the number of them to hold out and the number to keep must change by
    at most the fraction `SLACK`. So a text that many reviews repeat never makes up much of the
    held-out reviews by chance.

    Args:
        surplus: float64 `[classes]`, number of reviews held out so far, minus `share` of the
            reviews decided so far.
        tally: int64 `[classes]`, number of reviews in the group.
        behind: int64 `[classes]`, number of reviews that are decided later.
        share: share of the reviews to hold out.
    """
    if_held_out, if_kept = surplus + tally * (1 - share), surplus - tally * share
    easy = (if_held_out <= behind * share * SLACK) & (if_kept >= behind * (share - 1) * SLACK)
    return bool(easy[tally > 0].all())


def _chance(count: int, share: float, seed: int) -> NDArray[np.bool_]:
    # the 1 makes the stream differ from that of `random_order`
    raw = np.random.PCG64([seed % 2**64, count, 1]).random_raw(count)
    chosen: NDArray[np.bool_] = raw < share * 2.0**64
    return chosen
