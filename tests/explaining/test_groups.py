"""Groups of reviews: by length, by share of unknown words, by class."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.explaining.test_mistakes import answers, drawn

from reviewlab.explaining.groups import by_class, by_length, by_unknown, table


@given(
    lengths=st.lists(st.integers(0, 50), min_size=1, max_size=60),
    limit=st.none() | st.integers(0, 60),
)
def test_every_review_is_in_one_group(lengths: list[int], limit: int | None) -> None:
    shares = np.array(lengths) / 50
    found = drawn(len(lengths), lengths=np.array(lengths), unknown=shares, limit=limit)
    right = int(found.right.sum())
    for grouped in (by_length, by_unknown, by_class):
        groups = grouped(found)
        assert sum(group.reviews for group in groups) == len(lengths)
        assert sum(group.right for group in groups) == right
    cut = sum(group.reviews for group in by_length(found) if group.remark == "cut")
    assert cut == (0 if limit is None else sum(length > limit for length in lengths))


def test_lengths_are_parted_into_fifths_and_where_reviews_are_cut() -> None:
    groups = by_length(drawn(100, limit=50))
    assert [(group.name, group.reviews, group.remark) for group in groups] == [
        ("1 to 20", 20, ""),
        ("21 to 40", 20, ""),
        ("41 to 50", 10, ""),
        ("51 to 60", 10, "cut"),
        ("61 to 80", 20, "cut"),
        ("81 to 100", 20, "cut"),
    ]
    assert [(group.begin, group.end) for group in groups][:2] == [(1, 20), (21, 40)]


def test_groups_by_share_of_unknown_words() -> None:
    groups = by_unknown(drawn(5, unknown=np.array([0, 0.02, 0.021, 0.3, 1.0])))
    assert [(group.name, group.reviews) for group in groups] == [
        *(("none", 1), ("0% to 2%", 1), ("2% to 5%", 1), ("over 20%", 2)),
    ]
    assert [(group.begin, group.end) for group in groups][:2] == [(0, 0), (0, 0.02)]
    assert by_unknown(drawn(5, unknown=None)) == []


def test_a_class_says_what_it_is_taken_for() -> None:
    one_hot = np.eye(3)[[0, 1, 1, 2, 1]]
    bad, so_so, good = by_class(answers([0, 0, 0, 0, 1], one_hot))
    assert (bad.reviews, bad.right, bad.remark) == (4, 1, "so-so (2)")
    assert (so_so.reviews, so_so.right, so_so.remark) == (1, 1, "")
    assert good.reviews == 0 and np.isnan(good.accuracy)
    lines = table("by class", [bad, so_so, good], "taken for")
    assert lines[1].split()[:3] == ["bad", "4", "0.2500"]
    assert lines[3] == "good            0"
    assert "nan" not in "".join(lines)
