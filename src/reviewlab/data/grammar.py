"""A grammar that writes short reviews of films and apps, with a known best possible accuracy.

A review makes one statement ("The cast is superb."), two that agree ("Nice plot and not a bad
app!") or two that disagree ("Slow start, but worth it."). The statement after a "but" weighs more,
and "not" turns a strong word into its mild opposite, so the stars depend on the order of the words.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeVar

from reviewlab.data.splits import fold

NOISE = 0.1
"""Share of the reviews that have one star more or less than the text says; either is equally
likely, except that 1 becomes 2 and 5 becomes 4."""

BAYES_ACCURACY = 0.9
"""The best possible accuracy. Every sequence of words has one true number of stars, which is the
label with probability 1 - NOISE, and no classifier can do better than predict it."""

BAG_CEILING = 0.628
"""The best possible accuracy for a model that sees how often each word occurs, but not the order of
the words. It is the mean, over all reviews that the grammar can write, of the probability of the
most likely stars given these counts; without noise it would be 0.688. Openings and closings share
no word with the statements and say nothing about the stars, so they change neither number."""


class Clause(NamedTuple):
    """A statement about a topic; the two clauses of a review have different topics."""

    text: str
    topic: str


class Plan(NamedTuple):
    """The pattern of a review: one or two clauses, and the word between them.

    Attributes:
        weight: relative probability of drawing this plan.
        first: sentiment of the first clause: -2, -1, 1 or 2.
        link: the word between the clauses; empty if there is only one clause.
        second: sentiment of the second clause; 0 if there is none.
    """

    weight: int
    first: int
    link: str = ""
    second: int = 0


NOUNS = (
    *("story", "cast", "start", "ending", "plot"),
    *("app", "picture", "pace", "design", "soundtrack"),
)
ADJECTIVES = {
    2: ("great", "brilliant", "superb", "wonderful"),
    1: ("good", "nice", "solid", "pleasant"),
    -1: ("bad", "weak", "slow", "dull"),
    -2: ("terrible", "horrible", "dreadful", "pathetic"),
}
VERDICTS = {
    2: ("worth it", "worth every minute"),
    -2: ("not worth it", "not worth a minute"),
}
OPENINGS = ("", "", "", "Honestly: ", "My verdict: ", "Second viewing. ", "Watched with friends. ")
CLOSINGS = ("", "", "", " Seen on my phone.", " Just one opinion.", " Thanks for reading.")
STOPS = (".", ".", "!")


def _clauses() -> dict[int, list[Clause]]:
    by_value = {v: [Clause(text, "verdict") for text in VERDICTS.get(v, ())] for v in ADJECTIVES}
    for value, adjectives in ADJECTIVES.items():
        denied = by_value[-1 if value > 0 else 1]
        for noun in NOUNS:
            for word in adjectives:
                by_value[value] += [Clause(f"{word} {noun}", noun)]
                by_value[value] += [Clause(f"the {noun} is {word}", noun)]
                denied += [Clause(f"not a {word} {noun}", noun)]
                denied += [Clause(f"the {noun} is not {word}", noun)]
    return by_value


def _plans() -> dict[int, list[Plan]]:
    upper = {
        5: [Plan(1, 2), Plan(1, 2, "and", 2), Plan(3, 2, "and", 1), Plan(3, 1, "and", 2)],
        4: [
            *(Plan(1, 1), Plan(2, 1, "and", 1), Plan(2, -1, "but", 1)),
            *(Plan(2, -2, "but", 2), Plan(5, -1, "but", 2)),
        ],
        3: [Plan(1, -2, "but", 1), Plan(1, 2, "but", -1)],
    }
    lower = {
        6 - stars: [plan._replace(first=-plan.first, second=-plan.second) for plan in plans]
        for stars, plans in upper.items()
    }
    return dict(sorted((upper | lower).items()))


CLAUSES = _clauses()
"""Value (-2 to 2 without 0) -> the clauses with this value, all equally likely."""

PLANS = _plans()
"""True stars -> the plans of reviews with these stars. The weights make "A, but B" about as likely
as "B, but A", so that the words alone do not reveal the stars."""


def write_reviews(count: int, seed: int) -> tuple[list[str], list[int]]:
    """Return the texts and stars (1 to 5) of `count` generated reviews; no text occurs twice.

    Texts that differ only in case and punctuation count as the same. A larger corpus begins with
    the reviews of a smaller one. The result is the same on every machine, since it depends only on
    `Random.random`, whose sequence Python promises to keep.
    """
    draw = Random(seed)  # noqa: S311  (nothing here is secret)
    texts: list[str] = []
    stars: list[int] = []
    folded: set[str] = set()
    while len(texts) < count:
        true = _pick(list(PLANS), draw)
        text = _write(_pick([p for p in PLANS[true] for _ in range(p.weight)], draw), draw)
        if fold(text) not in folded:
            folded.add(fold(text))
            texts.append(text)
            stars.append(_add_noise(true, draw))
    return texts, stars


T = TypeVar("T")


def _pick(items: Sequence[T], draw: Random) -> T:
    return items[int(draw.random() * len(items))]


def _write(plan: Plan, draw: Random) -> str:
    first = _pick(CLAUSES[plan.first], draw)
    sentence = first.text
    if plan.link:
        others = [clause for clause in CLAUSES[plan.second] if clause.topic != first.topic]
        comma = "," if plan.link == "but" else ""
        sentence += f"{comma} {plan.link} {_pick(others, draw).text}"
    opening, stop, closing = (_pick(words, draw) for words in (OPENINGS, STOPS, CLOSINGS))
    return f"{opening}{sentence[0].upper()}{sentence[1:]}{stop}{closing}"


def _add_noise(stars: int, draw: Random) -> int:
    chance = draw.random()
    if chance >= NOISE:
        return stars
    return _pick([near for near in (stars - 1, stars + 1) if near in PLANS], draw)
