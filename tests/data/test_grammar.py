import hashlib
import re
from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest

from reviewlab.data.grammar import (
    BAG_CEILING,
    BAYES_ACCURACY,
    CLAUSES,
    CLOSINGS,
    NOISE,
    OPENINGS,
    PLANS,
    write_reviews,
)
from reviewlab.data.splits import fold


def cores():
    """Return every review without opening and closing: its words, true stars and probability."""
    for stars, plans in PLANS.items():
        for plan in plans:
            chance = plan.weight / sum(p.weight for p in plans) / len(PLANS)
            firsts, seconds = CLAUSES[plan.first], CLAUSES.get(plan.second, [])
            about = Counter(clause.topic for clause in seconds)
            for first in firsts:
                words = first.text.split()
                if not plan.link:
                    yield words, stars, chance / len(firsts)
                    continue
                each = chance / len(firsts) / (len(seconds) - about[first.topic])
                for second in seconds:
                    if second.topic != first.topic:
                        yield [*words, plan.link, *second.text.split()], stars, each


@cache
def tables():
    """Return the probabilities of the true stars for each sequence and each bag of words."""
    by_order, by_bag = defaultdict(lambda: [0.0] * 5), defaultdict(lambda: [0.0] * 5)
    for words, stars, chance in cores():
        by_order[" ".join(words)][stars - 1] += chance
        by_bag[" ".join(sorted(words))][stars - 1] += chance
    return np.array(list(by_order.values())), np.array(list(by_bag.values()))


def ceiling(masses):
    """Return the best possible accuracy given the rows, after noise has changed stars."""
    moved = masses * (1 - NOISE)
    moved[:, 1:] += masses[:, :-1] * NOISE / [1, 2, 2, 2]
    moved[:, :-1] += masses[:, 1:] * NOISE / [2, 2, 2, 1]
    return moved.max(axis=1).sum()


def test_the_probabilities_add_up():
    for masses in tables():
        assert masses.sum() == pytest.approx(1)
        assert masses.sum(axis=0) == pytest.approx([0.2] * 5)


def test_a_sequence_of_words_has_one_true_number_of_stars_so_the_noise_is_the_limit():
    by_order, _ = tables()
    assert (np.count_nonzero(by_order, axis=1) == 1).all()
    assert ceiling(by_order) == pytest.approx(BAYES_ACCURACY)


def test_the_stated_ceiling_of_a_bag_of_words():
    _, by_bag = tables()
    assert ceiling(by_bag) == pytest.approx(BAG_CEILING, abs=5e-4)
    assert by_bag.max(axis=1).sum() == pytest.approx(0.688, abs=5e-4)  # without noise


def test_openings_and_closings_share_no_word_with_what_the_stars_depend_on():
    around = set(fold(" ".join(OPENINGS + CLOSINGS)).split())
    said = {word for clauses in CLAUSES.values() for c in clauses for word in c.text.split()}
    assert not around & (said | {"and", "but"})


def read_stars(text):
    """Return the true stars of a text, by reading the tables of the grammar backwards."""
    value_of = {c.text: value for value, clauses in CLAUSES.items() for c in clauses}
    core = next(
        part
        for part in re.split(r"[.!:] ?", text)
        if part.lower().split(",")[0].split(" and ")[0] in value_of
    ).lower()
    match re.split(r",? (and|but) ", core):
        case [only]:
            plan = (value_of[only], "", 0)
        case [first, link, second]:
            plan = (value_of[first], link, value_of[second])
    return next(s for s, plans in PLANS.items() for p in plans if p[1:] == plan)


def test_the_noise_moves_one_review_in_ten_by_one_star():
    texts, stars = write_reviews(6000, 3)
    moved = np.array(stars) - [read_stars(text) for text in texts]
    assert set(np.abs(moved)) == {0, 1}
    assert np.mean(moved != 0) == pytest.approx(NOISE, abs=0.012)  # three standard deviations
    assert set(stars) == {1, 2, 3, 4, 5}
    assert np.bincount(stars)[1:] / 6000 == pytest.approx([0.2] * 5, abs=0.02)


def test_no_review_comes_twice():
    texts, _ = write_reviews(6000, 0)
    assert len(set(map(fold, texts))) == 6000


def test_negation_and_contrast_are_there():
    corpus = "\n".join(write_reviews(6000, 0)[0]).lower()
    assert "is not bad" in corpus
    assert "not a bad" in corpus
    assert re.search(r"slow start, but (the|not|\w+) ", corpus)
    assert "but worth it" in corpus


def test_the_seed_decides_on_every_machine():
    longer, shorter = write_reviews(300, 5), write_reviews(200, 5)
    assert (longer[0][:200], longer[1][:200]) == shorter
    assert write_reviews(200, 6) != shorter
    digest = hashlib.sha256(repr(write_reviews(500, 42)).encode()).hexdigest()
    assert digest[:8] == "562405e5"
