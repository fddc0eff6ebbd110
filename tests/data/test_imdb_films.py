import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.imdb_reviews import module

from reviewlab.data.imdb_films import (
    BLOCK,
    Place,
    beside_training,
    blocks_of,
    film_in_training,
    films_of,
)
from reviewlab.data.reviews import Reviews
from reviewlab.data.splits import by_group
from reviewlab.exceptions import InputError

URLS = {("train", "neg"): b"a\nb\nb\n", ("train", "pos"): b"b\nc"}


def test_a_film_has_one_number_in_both_classes():
    places = [Place("train", "neg", f) for f in ("0_1.txt", "1_2.txt", "2_1.txt")]
    places += [Place("train", "pos", f) for f in ("0_9.txt", "1_8.txt")]
    assert films_of(places, URLS).tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("file", ["2_9.txt", "note.txt"])
def test_where_a_review_has_no_line_no_film_is_known(file):
    assert films_of([Place("train", "pos", file)], URLS) is None
    assert films_of([Place("test", "pos", "0_9.txt")], URLS) is None


@given(st.lists(st.integers(0, 2), min_size=1, max_size=3 * BLOCK))
def test_a_block_holds_neighbours_of_one_class(labels):
    labels = np.array(labels)
    blocks = blocks_of(labels)
    for block in np.unique(blocks):
        own = np.flatnonzero(blocks == block)
        assert len({*labels[own].tolist()}) == 1
        assert len(own) <= BLOCK
        between = labels[own[0] : own[-1] + 1] == labels[own[0]]
        assert between.sum() == len(own)


def test_the_share_beside_training_counts_neighbours_of_the_same_class():
    labels = np.array([0, 0, 0, 0, 1, 1])
    assert beside_training(labels, (np.array([0, 4]), np.array([1, 2, 3, 5]))) == 0.5
    assert beside_training(labels, (np.array([4, 5]), np.array([0, 3]))) == 0


def films(count, size):
    """Return reviews of `count` films per class, `size` each, one film after the other."""
    labels = np.repeat([0, 1], count * size)
    return Reviews([f"review {n}" for n in range(len(labels))], labels)


@pytest.mark.parametrize(("split", "least", "most"), [("random", 0.9, 1.0), ("film", 0.0, 0.03)])
def test_the_leak_of_a_split_is_noted(split, least, most):
    reviews = films(200, 10)
    data = module("unread", split=split, validation=0.2)
    parts = data.split_reviews({"train": reviews})
    assert np.bincount(parts["validation"].labels).tolist() == [400, 400]
    [note] = data.notes
    assert least <= float(note.split("%")[0].removeprefix("validation: ")) / 100 <= most
    assert ("data.split=film" in note) is (split == "random")


def test_a_table_whose_order_nobody_knows_cannot_be_split_by_film(tmp_path):
    table = tmp_path / "IMDB Dataset.csv"
    table.write_text("review,sentiment\nfun,positive\ndull,negative\n")
    line = "data.split: 'film' needs the order .* allowed: random"
    with pytest.raises(InputError, match=line):
        module(table, split="film").read()


def test_the_leak_of_a_split_is_exact_if_the_films_are_named():
    films_of_reviews, split = np.array([0, 0, 1, 1, 2]), (np.array([0, 2]), np.array([1, 3, 4]))
    assert film_in_training(films_of_reviews, split) == 2 / 3
    reviews = films(40, 7)
    reviews = reviews._replace(groups=np.arange(len(reviews.labels)) // 7)
    about = "of the reviews are about a film with training reviews"
    for rule, note in {
        "film": f"validation: 0.0% {about}",
        "random": f"validation: 100.0% {about}; data.split=film holds out whole films",
    }.items():
        data = module("unread", split=rule, validation=0.1)
        data.split_reviews({"train": reviews})
        assert data.notes == [note]


def test_named_films_stay_on_one_side():
    reviews = films(40, 7)
    reviews = reviews._replace(groups=np.arange(len(reviews.labels)) // 7)
    data = module("unread", split="film", validation=0.25)
    parts = data.split_reviews({"train": reviews})
    assert not {*parts["train"].groups.tolist()} & {*parts["validation"].groups.tolist()}
    rest, part = by_group(reviews.groups, reviews.labels, 0.25, 42)
    assert parts["validation"].texts == reviews.take(part).texts
    assert len(rest) + len(part) == len(reviews.labels)
