"""Choose the reviews to hold out, by pure functions of labels and texts.

A function that splits returns `(rest, part)`: the indices of the reviews to keep and to hold out,
both int64 and ascending. Each index is in one of them, and `part` has `share` of the reviews. Only
the raw numbers of numpy's PCG64 are used, a stream that is guaranteed never to change, so the same
input gives the same split on every machine and version.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Protocol, Self, TypeVar

import numpy as np

from reviewlab.data.dealing import Indices, deal_groups, random_order
from reviewlab.data.reviews import Label, Reviews
from reviewlab.exceptions import InputError
from reviewlab.text.cleaning import Cleaning

Split = tuple[Indices, Indices]
Fold = Callable[[str], str]

SplitOption = Label | None | Sequence["SplitOption"]
"""An option that the splits depend on, as JSON types."""


class Selectable(Protocol):
    """Reviews or images, of which some can be taken."""

    def take(self, indices: Indices) -> Self:
        """Return the examples at `indices`, in that order."""
        ...


ExamplesT = TypeVar("ExamplesT", bound=Selectable)

_fold = Cleaning(strip_punctuation=True, strip_space=True)


def fold(text: str) -> str:
    """Return a form of the text that ignores case, punctuation and repeated white space."""
    return _fold(text.casefold())


def hold_out(
    name: str, share: float, examples: ExamplesT, draw: Callable[[ExamplesT, float], Split]
) -> dict[str, ExamplesT]:
    """Hold out a split from the training reviews or images.

    Args:
        name: name of the split, which is also the name of the option for its share.
        share: share of the examples to hold out, from 0 (no such split) to below 1.
        examples: all training reviews or images.
        draw: function that chooses the examples to hold out.

    Returns:
        `train`, and `name` unless its share is 0.

    Raises:
        InputError: no example would be held out.
    """
    if share == 0:
        return {"train": examples}
    rest, part = draw(examples, share)
    if not len(part):
        raise InputError(
            f"data.{name}: a share of {share} of {len(rest)} reviews holds out no reviews; give a"
            " larger share, or more distinct reviews"
        )
    return {"train": examples.take(rest), name: examples.take(part)}


def random(count: int, share: float, seed: int) -> Split:
    """Hold out reviews at random, regardless of their text and label.

    Args:
        count: number of reviews.
        share: share of the reviews to hold out.
        seed: random seed.
    """
    return _two_sides(count, random_order(count, seed)[: _nearest(share * count)])


def draw(labels: Indices, groups: Indices | None, share: float, seed: int) -> Split:
    """Hold out the same share of every class, without dividing a group.

    Args:
        labels: labels of the reviews.
        groups: a number for each review's group; None if there are no groups.
        share: share of the reviews to hold out.
        seed: random seed.
    """
    if groups is None:
        return stratified(labels, share, seed)
    return by_group(groups, labels, share, seed)


def stratified(labels: Indices, share: float, seed: int) -> Split:
    """Hold out the same share of every class, to within one review.

    Args:
        labels: labels of the reviews.
        share: share of the reviews to hold out.
        seed: random seed.
    """
    order = random_order(len(labels), seed)
    return _two_sides(len(labels), _draw(labels, _quotas(np.bincount(labels), share), order))


def by_group(groups: Indices, labels: Indices, share: float, seed: int) -> Split:
    """Hold out `share` of the reviews; each group is held out as a whole, or not at all.

    The first step decides on the groups of more than one review, the largest first. Each is held
    out with probability `share`. But if later reviews could hardly compensate for one of the two
    outcomes, the decision is the one that brings the held-out share of the classes so far closest
    to `share` (by least squares). The second step draws reviews that are alone in their group at
    random until `share` of every class is held out. So a class with enough such reviews is divided
    as by `stratified`; any other class comes as close as its groups allow.

    Args:
        groups: a number for each review's group; the numbers need not be consecutive.
        labels: labels of the reviews.
        share: share of the reviews to hold out.
        seed: random seed.

    Returns:
        The indices of the remaining reviews and of the held-out reviews.
    """
    groups = np.unique(groups, return_inverse=True)[1]
    sizes, counts = np.bincount(groups), np.bincount(labels)
    order = random_order(len(labels), seed)
    repeated = np.flatnonzero(sizes[groups] > 1)
    tallies = np.zeros((len(sizes), len(counts)), dtype=np.int64)
    np.add.at(tallies, (groups[repeated], labels[repeated]), 1)
    held_out = deal_groups(tallies, counts, share, seed)
    dealt = repeated[held_out[groups[repeated]]]
    wanted = _quotas(counts, share) - np.bincount(labels[dealt], minlength=len(counts))
    single = order[sizes[groups[order]] == 1]
    drawn = _draw(labels, np.maximum(wanted, 0), single)
    return _two_sides(len(labels), np.concatenate([dealt, drawn]))


def leak(train_texts: Iterable[str], test_texts: Iterable[str]) -> float:
    """Return the share of test texts that are also in training, ignoring case and punctuation."""
    return _share_in({*map(fold, train_texts)}, map(fold, test_texts))


def measure_leaks(splits: Mapping[str, Reviews], fold: Fold = fold) -> dict[str, float]:
    """Return for each held-out split the share of texts also in `train`, compared by `fold`."""
    trained_on = {*map(fold, splits["train"].texts)}
    held_out = {name: map(fold, part.texts) for name, part in splits.items() if name != "train"}
    return {name: _share_in(trained_on, folded) for name, folded in held_out.items()}


def describe_leaks(leaks: Mapping[str, float]) -> Iterator[str]:
    """Yield a note for each held-out split that shares texts with `train`."""
    for name, share in leaks.items():
        if share:
            yield f"{name}: {share:.1%} of the reviews have a text that is also in train"


def _share_in(trained_on: Set[str], folded: Iterable[str]) -> float:
    leaks = [text in trained_on for text in folded]
    return sum(leaks) / len(leaks) if leaks else 0.0


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
    """Return the first `quotas[label]` reviews of each label in `order`, or all if there are fewer.

    Args:
        labels: labels of all reviews.
        quotas: number of reviews to take, by label.
        order: indices of the reviews to take from.
    """
    drawn = [order[labels[order] == label][:quota] for label, quota in enumerate(quotas)]
    return np.concatenate([np.empty(0, dtype=np.int64), *drawn])


def group_texts(texts: Sequence[str]) -> Indices:
    """Return a number for each text; texts equal apart from case and punctuation share one."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(fold(text), len(numbers)) for text in texts], np.int64)
