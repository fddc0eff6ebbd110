"""Hold out reviews: pure functions from labels and texts to the indices of two sides.

Each draw returns `(rest, part)`, both int64 and ascending, which together have every index once;
`part` has `share` of the reviews. Only the raw numbers of numpy's PCG64 are used, whose stream is
guaranteed to stay the same, so the same input gives the same split on every machine and version.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from reviewlab.data.reviews import Label, Reviews
from reviewlab.exceptions import InputError
from reviewlab.text.cleaning import Cleaning

Indices = NDArray[np.int64]
Split = tuple[Indices, Indices]
Fold = Callable[[str], str]

SplitOption = Label | None | Sequence["SplitOption"]
"""An option that the splits depend on, as JSON types."""

SLACK = 0.1
"""By how much of itself a class may have to change what is drawn from it, for a group that chance
has dealt out."""

_fold = Cleaning(strip_punctuation=True, strip_space=True)


def fold(text: str) -> str:
    """Remove differences in case, punctuation and white space from a text."""
    return _fold(text.casefold())


def hold_out(
    name: str, share: float, reviews: Reviews, draw: Callable[[Reviews, float], Split]
) -> dict[str, Reviews]:
    """Hold out a split from the training reviews.

    Args:
        name: name of the split, and of the option with its share.
        share: share of the reviews to hold out, from 0 (no such split) to below 1.
        reviews: all training reviews.
        draw: chooses the reviews to hold out.

    Returns:
        `train`, and `name` unless its share is 0.

    Raises:
        InputError: the share is less than one review.
    """
    if share == 0:
        return {"train": reviews}
    rest, part = draw(reviews, share)
    if not len(part):
        raise InputError(
            f"data.{name}: {share} of {len(rest)} reviews holds out none; give a larger share,"
            " or more reviews with different texts"
        )
    return {"train": reviews.take(rest), name: reviews.take(part)}


def random(count: int, share: float, seed: int) -> Split:
    """Hold out reviews at random, regardless of their text and label.

    Args:
        count: number of reviews.
        share: share of them to hold out.
        seed: seed of the draw.
    """
    return _two_sides(count, _order(count, seed)[: _nearest(share * count)])


def stratified(labels: Indices, share: float, seed: int) -> Split:
    """Hold out the same share of every class, to within one review.

    Args:
        labels: labels of the reviews.
        share: share of them to hold out.
        seed: seed of the draw.
    """
    return _two_sides(
        len(labels), _draw(labels, _quotas(np.bincount(labels), share), _order(len(labels), seed))
    )


def grouped(texts: Sequence[str], labels: Indices, share: float, seed: int) -> Split:
    """Hold out reviews so that no folded text is on both sides.

    Args:
        texts: texts of the reviews.
        labels: labels of the reviews.
        share: share of them to hold out.
        seed: seed of the draw.
    """
    return by_group(group_texts(texts), labels, share, seed)


def by_group(groups: Indices, labels: Indices, share: float, seed: int) -> Split:
    """Hold out `share` of the reviews so that no group is on both sides.

    First the groups of more than one review are dealt out, the largest first. Chance decides where
    a group goes, with all its reviews: to the held-out side with probability `share`. Where the
    reviews behind it could hardly make up for that, it goes to the side that leaves the classes
    dealt out so far closest to `share` (least squares over the classes). Then reviews that are
    alone in their group are drawn at random until every class has its share. So the classes come
    out as in `stratified` as long as each has enough such reviews; where one has not, it is as
    close as the dealing got.

    Args:
        groups: the number of each review's group, any numbers.
        labels: of the reviews.
        share: to hold out.
        seed: draws the order and the sides.

    Returns:
        The rest, and the held-out reviews.
    """
    groups = np.unique(groups, return_inverse=True)[1]
    sizes, counts = np.bincount(groups), np.bincount(labels)
    order = _order(len(labels), seed)
    repeated = np.flatnonzero(sizes[groups] > 1)
    tallies = np.zeros((len(sizes), len(counts)), dtype=np.int64)
    np.add.at(tallies, (groups[repeated], labels[repeated]), 1)
    held_out = _deal(tallies, counts, share, seed)
    dealt = repeated[held_out[groups[repeated]]]
    wanted = _quotas(counts, share) - np.bincount(labels[dealt], minlength=len(counts))
    single = order[sizes[groups[order]] == 1]
    drawn = _draw(labels, np.maximum(wanted, 0), single)
    return _two_sides(len(labels), np.concatenate([dealt, drawn]))


def leak(train_texts: Iterable[str], test_texts: Iterable[str]) -> float:
    """Measure the share of held-out reviews whose folded text is also in the training set."""
    return _share_in({*map(fold, train_texts)}, map(fold, test_texts))


def measure_leaks(splits: Mapping[str, Reviews], fold: Fold = fold) -> dict[str, float]:
    """Measure for each held-out split the share of its reviews whose folded text is in `train`."""
    trained_on = {*map(fold, splits["train"].texts)}
    held_out = {name: map(fold, part.texts) for name, part in splits.items() if name != "train"}
    return {name: _share_in(trained_on, folded) for name, folded in held_out.items()}


def describe_leaks(leaks: Mapping[str, float]) -> Iterator[str]:
    """Yield a note for each held-out split that has texts of `train`, with their share."""
    for name, share in leaks.items():
        if share:
            yield f"{name}: {share:.1%} of the reviews have a text that stands in train too"


def _share_in(trained_on: Set[str], folded: Iterable[str]) -> float:
    leaks = [text in trained_on for text in folded]
    return sum(leaks) / len(leaks) if leaks else 0.0


def _order(count: int, seed: int) -> Indices:
    """Shuffle the indices; `count` is part of the seed, so that splitting a split draws afresh."""
    order: Indices = np.argsort(
        np.random.PCG64([seed % 2**64, count]).random_raw(count), kind="stable"
    )
    return order


def _nearest(x: float) -> int:
    return int(np.floor(x + 0.5))


def _two_sides(count: int, part: Indices) -> Split:
    held_out = np.zeros(count, dtype=bool)
    held_out[part] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def _quotas(counts: Indices, share: float) -> Indices:
    """Return how many reviews of each class to hold out, by the largest remainder method."""
    exact = counts * share
    quotas: Indices = np.floor(exact).astype(np.int64)
    missing = _nearest(share * counts.sum()) - quotas.sum()
    quotas[np.argsort(quotas - exact, kind="stable")[:missing]] += 1
    return quotas


def _draw(labels: Indices, quotas: Indices, order: Indices) -> Indices:
    """Take the first `quotas[label]` reviews of each label in `order`, or all there are.

    Args:
        labels: labels of all reviews.
        quotas: number of reviews to take, by label.
        order: indices of the reviews to take from.
    """
    drawn = [order[labels[order] == label][:quota] for label, quota in enumerate(quotas)]
    return np.concatenate([np.empty(0, dtype=np.int64), *drawn])


def group_texts(texts: Sequence[str]) -> Indices:
    """Return a number for each text, the same for texts that are equal once folded."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(fold(text), len(numbers)) for text in texts], np.int64)


def _deal(tallies: Indices, counts: Indices, share: float, seed: int) -> NDArray[np.bool_]:
    """Choose the groups to hold out, the largest first.

    Args:
        tallies: int64 `[groups, classes]`, the reviews of each group; none for those not dealt out.
        counts: int64 `[classes]`, all reviews, those that are alone in their group included.
        share: to hold out.
        seed: draws the order of equally large groups, and the sides.

    Returns:
        bool `[groups]`.
    """
    order = np.lexsort((_order(len(tallies), seed), -tallies.sum(axis=1)))
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
    """Tell whether the reviews behind a group can make up for either side of it with ease.

    They can as long as each class changes what it gives to either side by a tenth at most. So no
    text that many reviews repeat makes up much of the held-out side by chance.

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
    """Draw `count` times with probability `share`, by a stream that `_order` does not use."""
    raw = np.random.PCG64([seed % 2**64, count, 1]).random_raw(count)
    chosen: NDArray[np.bool_] = raw < share * 2.0**64
    return chosen
