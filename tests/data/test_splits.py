import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.reviews import Reviews
from reviewlab.data.splits import (
    by_group,
    describe_leaks,
    fold,
    group_texts,
    leak,
    measure_leaks,
    random,
    stratified,
)

LABELS = st.lists(st.integers(0, 4), max_size=80).map(lambda labels: np.array(labels, np.int64))
WORDS = ["good", "Good!", "GOOD", "bad", "bad.", "so so", "so-so", "", "…", "fine", "nice", "5"]
SHARES = st.floats(0, 0.99)
SEEDS = st.integers(-(2**31), 2**63)


@st.composite
def reviews(draw):
    labels = draw(LABELS)
    texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=3))
    return draw(st.lists(texts, min_size=len(labels), max_size=len(labels))), labels


def grouped(texts, labels, share, seed):
    return by_group(group_texts(texts), labels, share, seed)


def assert_partition(sides, count):
    assert np.array_equal(np.sort(np.concatenate(sides)), np.arange(count))
    for side in sides:
        assert side.dtype == np.int64
        assert (np.diff(side) > 0).all()


@given(st.integers(0, 200), SHARES, SEEDS)
def test_random_holds_out_the_share(count, share, seed):
    rest, part = random(count, share, seed)
    assert_partition((rest, part), count)
    assert abs(len(part) - share * count) <= 0.5


@given(LABELS, SHARES, SEEDS)
def test_stratified_holds_out_the_share_of_every_class(labels, share, seed):
    rest, part = stratified(labels, share, seed)
    assert_partition((rest, part), len(labels))
    assert abs(len(part) - share * len(labels)) <= 0.5
    for label in range(5):
        assert abs((labels[part] == label).sum() - share * (labels == label).sum()) < 1


@given(reviews(), SHARES, SEEDS)
def test_grouped_leaves_no_folded_text_on_both_sides(given_reviews, share, seed):
    texts, labels = given_reviews
    rest, part = grouped(texts, labels, share, seed)
    assert_partition((rest, part), len(labels))
    assert not {fold(texts[i]) for i in rest} & {fold(texts[i]) for i in part}
    assert leak([texts[i] for i in rest], [texts[i] for i in part]) == 0


def test_grouped_is_stratified_as_long_as_single_texts_can_fill_up():
    draw = np.random.default_rng(0)
    labels = draw.choice(5, 3000, p=[0.4, 0.1, 0.1, 0.1, 0.3])
    texts = [f"text {i}" if i % 3 else f"common {i % 97}" for i in range(3000)]
    rest, part = grouped(texts, labels, 0.2, 1)
    for label in range(5):
        assert abs((labels[part] == label).sum() - 0.2 * (labels == label).sum()) < 1
    common = [texts[i].startswith("common") for i in part]
    assert 0.15 < sum(common) / 1000 < 0.25  # repeated texts are distributed too
    assert abs(len(part) - 600) <= 1
    assert len(rest) + len(part) == 3000


def test_grouped_comes_near_the_share_where_every_text_repeats():
    labels = np.arange(600) % 3
    rest, part = grouped([f"text {i // 6}" for i in range(600)], labels, 0.25, 0)
    assert len(part) == 150
    assert np.bincount(labels[part]).tolist() == [50, 50, 50]
    assert len(rest) == 450


def test_the_seed_decides_on_which_side_the_largest_group_stands():
    labels = np.arange(1000) % 2
    texts = ["ok"] * 20 + [f"text {i}" for i in range(980)]
    held_out = [0 in grouped(texts, labels, 0.3, seed)[1] for seed in range(200)]
    assert 45 <= sum(held_out) <= 75  # 60 expected, standard deviation 6.5


def test_a_group_that_nothing_could_make_up_for_is_not_left_to_chance():
    labels = np.array([0] * 60 + [1] * 60)
    texts = ["ok"] * 40 + [f"text {i}" for i in range(80)]
    for seed in range(20):
        _, part = grouped(texts, labels, 0.3, seed)
        assert np.bincount(labels[part]).tolist() == [18, 18]


@given(st.integers(0, 2**32), st.floats(0.1, 0.5))
def test_where_every_text_repeats_each_class_misses_its_share_by_a_group_at_most(seed, share):
    labels = np.arange(400) % 2
    _, part = grouped([f"text {i // 2 % 80}" for i in range(400)], labels, share, seed)
    assert np.abs(np.bincount(labels[part], minlength=2) - 200 * share).max() <= 3


def test_without_repeats_grouped_is_within_one_of_stratified():
    labels = np.array([0, 1, 1, 2, 2, 2, 2] * 30)
    _, part = grouped([str(i) for i in range(210)], labels, 0.3, 5)
    assert np.bincount(labels[part]).tolist() == [9, 18, 36]


@pytest.mark.parametrize("split", ["random", "stratified", "grouped"])
def test_the_seed_decides_and_nothing_else(split):
    labels = np.array([0, 0, 1] * 100)
    texts = [f"{i % 250}" for i in range(300)]
    call = {
        "random": lambda seed: random(300, 0.2, seed),
        "stratified": lambda seed: stratified(labels, 0.2, seed),
        "grouped": lambda seed: grouped(texts, labels, 0.2, seed),
    }[split]
    assert np.array_equal(call(7)[1], call(7)[1])
    assert not np.array_equal(call(7)[1], call(8)[1])


def test_the_same_split_on_every_machine():
    labels = np.array([0, 0, 1, 2] * 50)
    texts = [f"{i % 150}" for i in range(200)]
    parts = [random(200, 0.2, 42), stratified(labels, 0.2, 42), grouped(texts, labels, 0.2, 42)]
    digests = [hashlib.sha256(part.astype("<i8").tobytes()).hexdigest()[:8] for _, part in parts]
    assert digests == ["cbdccfcd", "4c6f02ed", "ad8610ff"]


@pytest.mark.parametrize("twin", ["Not bad", "not bad!", " NOT  bad…", "not-bad", "nOT\nbad"])
def test_fold_ignores_case_punctuation_and_white_space(twin):
    assert fold(twin) == fold("not bad")


def test_fold_keeps_what_else_differs():
    assert (
        len({fold(text) for text in ["not bad", "notbad", "not bad 👍", "not bad 2", "bad not"]})
        == 5
    )


def test_leak_counts_held_out_reviews():
    assert leak(["Good!", "bad"], ["good", "GOOD", "fine", "so so"]) == 0.5
    assert leak([], ["good"]) == 0
    assert leak(["good"], []) == 0


def test_leaks_are_measured_by_held_out_split():
    splits = {
        name: Reviews(texts, np.zeros(len(texts), np.int64))
        for name, texts in {
            "train": ["Good!"],
            "validation": ["so"],
            "test": ["good", "so"],
        }.items()
    }
    assert measure_leaks(splits) == {"validation": 0.0, "test": 0.5}
    assert list(describe_leaks(measure_leaks(splits))) == [
        "test: 50.0% of the reviews have a text that is also in train"
    ]
