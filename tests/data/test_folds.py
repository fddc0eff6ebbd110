"""Folds: every review outside the test split is held out exactly once."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.demo import DemoDataModule
from reviewlab.data.folds import draw_fold
from reviewlab.data.imdb_films import blocks_of
from reviewlab.data.labelled.module import TableDataModule
from reviewlab.data.netflix import NetflixDataModule
from reviewlab.data.splits import group_texts
from reviewlab.exceptions import InputError
from reviewlab.text.words import WordEncoder

LABELS = st.lists(st.integers(0, 3), min_size=40, max_size=120).map(np.array)
FOLDS = st.integers(2, 6)
SEEDS = st.integers(0, 2**32)


@given(LABELS, FOLDS, SEEDS)
def test_every_review_is_held_out_in_one_fold(labels, folds, seed):
    splits = [draw_fold(labels, None, folds, fold, seed) for fold in range(folds)]
    held_out = np.concatenate([part for _, part in splits])
    assert np.array_equal(np.sort(held_out), np.arange(len(labels)))
    for rest, part in splits:
        assert np.array_equal(np.sort(np.concatenate([rest, part])), np.arange(len(labels)))


@given(LABELS, FOLDS, SEEDS)
def test_folds_have_equal_shares_of_every_class(labels, folds, seed):
    parts = [draw_fold(labels, None, folds, fold, seed)[1] for fold in range(folds)]
    for label in range(4):
        counts = [int((labels[part] == label).sum()) for part in parts]
        assert max(counts) - min(counts) <= 1


@given(st.data(), FOLDS, SEEDS)
def test_a_group_is_in_one_fold(data, folds, seed):
    labels = np.array(data.draw(st.lists(st.integers(0, 1), min_size=60, max_size=90)))
    groups = np.array([data.draw(st.integers(0, 30)) for _ in labels])
    parts = []
    for fold in range(folds):
        try:
            parts.append(draw_fold(labels, groups, folds, fold, seed)[1])
        except InputError:  # a few large groups can leave a fold empty
            parts.append(np.array([], int))
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))
    in_folds = [{*groups[part].tolist()} for part in parts]
    assert sum(map(len, in_folds)) == len({*groups.tolist()})


def test_a_fold_without_reviews_is_refused():
    two_groups = np.arange(20) // 10
    with pytest.raises(InputError, match=r"data\.folds: fold \d of 3 has no reviews; give fewer"):
        for fold in range(3):
            draw_fold(np.zeros(20, int), two_groups, 3, fold, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fold": 1}, r"data\.fold: 1 has no effect without data\.folds"),
        ({"folds": 5}, r"data\.fold: missing; allowed: 0 to 4.*sweep\.folds=5"),
        ({"folds": 5, "fold": 5}, r"data\.fold: 5 is not allowed; allowed: 0 to 4"),
        ({"folds": 5, "fold": 0, "split_seed": None}, r"data\.split_seed: null cannot be used"),
    ],
)
def test_options_that_select_no_fold_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        DemoDataModule(WordEncoder(), **options)


def splits_of(data, options):
    """Return the source places of each split's reviews, for every fold of three."""
    found = []
    for fold in range(3):
        module = data(folds=3, fold=fold, **options)
        splits = module.split_reviews(module.read())
        found.append({name: {*part.places.tolist()} for name, part in splits.items()})
    return found


def demo(**options):
    return DemoDataModule(WordEncoder(), reviews=500, **options)


def assert_cross_validation(found, without_folds):
    tests = [splits["test"] for splits in found]
    assert tests == [without_folds["test"]] * 3
    held_out = [splits["validation"] for splits in found]
    rest = [splits["train"] for splits in found]
    everything = without_folds["train"] | without_folds["validation"]
    assert set.union(*held_out) == everything
    assert sum(map(len, held_out)) == len(everything)
    assert all(own | others == everything for own, others in zip(held_out, rest, strict=True))


def test_the_test_split_stays_as_it_is():
    module = demo()
    splits = module.split_reviews(module.read())
    places = {name: {*part.places.tolist()} for name, part in splits.items()}
    assert_cross_validation(splits_of(demo, {}), places)


def write_table(folder: Path) -> Path:
    rows = [f"text {i // 2},{'bad' if i % 3 else 'good'}" for i in range(240)]
    rows = [f"{row},{'dev' if i % 5 == 0 else 'train'}" for i, row in enumerate(rows)]
    path = folder / "reviews.csv"
    path.write_text("\n".join(["text,label,part", *rows]) + "\n")
    return path


@pytest.mark.parametrize("split", ["grouped", "stratified", "random"])
def test_folds_of_a_table(tmp_path: Path, split: str):
    def table(**options):
        source = str(write_table(tmp_path))
        return TableDataModule(WordEncoder(), source=source, split=split, **options)

    options = {"text_column": "text", "label_column": "label"}
    module = table(**options)
    splits = module.split_reviews(module.read())
    places = {name: {*part.places.tolist()} for name, part in splits.items()}
    found = splits_of(table, options)
    assert_cross_validation(found, places)
    if split == "grouped":  # neighbours have the same text
        for one in found:
            pairs = [{place // 2 for place in part} for part in one.values()]
            assert sum(map(len, pairs)) == len(set.union(*pairs))


def test_validation_reviews_of_the_source_are_part_of_the_folds(tmp_path: Path):
    def table(**options):
        return TableDataModule(WordEncoder(), source=str(write_table(tmp_path)), **options)

    options = {
        "text_column": "text",
        "label_column": "label",
        "split_column": "part",
        "split": "stratified",
    }
    found = splits_of(table, options)
    everything = set.union(*(one["validation"] for one in found))
    assert {place % 5 == 0 for place in everything} == {True, False}
    test = table(**options)
    read = test.split_reviews(test.read())
    assert everything == {*read["train"].places.tolist(), *read["validation"].places.tolist()}


@pytest.mark.parametrize("split", ["grouped", "random"])
def test_folds_of_netflix_reviews(tmp_path: Path, split: str):
    path = tmp_path / "netflix.csv"
    rows = [f"great show {i // 3},{1 + i % 5}" for i in range(300)]
    path.write_text("\n".join(["content,score", *rows]) + "\n")

    def netflix(**options):
        return NetflixDataModule(WordEncoder(), source=str(path), split=split, **options)

    module = netflix()
    splits = module.split_reviews(module.read())
    places = {name: {*part.places.tolist()} for name, part in splits.items()}
    assert_cross_validation(splits_of(netflix, {}), places)


def test_blocks_of_neighbours_stay_together_in_folds():
    labels = np.repeat([0, 1], 1500)
    blocks = blocks_of(labels)
    parts = [draw_fold(labels, blocks, 5, fold, 42)[1] for fold in range(5)]
    assert sum(len({*blocks[part].tolist()}) for part in parts) == len({*blocks.tolist()})
    assert [len(part) for part in parts] == [600] * 5


def test_equal_texts_are_in_one_fold_whatever_their_case():
    texts = [f"Text {i}" if i % 2 else f"text {i - 1 if i else 0}!" for i in range(100)]
    labels = np.arange(100) % 2
    groups = group_texts(texts)
    parts = [draw_fold(labels, groups, 4, fold, 0)[1] for fold in range(4)]
    assert sum(len({*groups[part].tolist()}) for part in parts) == len({*groups.tolist()})


def test_the_vocabulary_is_learned_from_the_training_part(tmp_path: Path):
    sizes = []
    for fold in range(3):
        data = demo(folds=3, fold=fold, cache_dir=str(tmp_path))
        data.prepare()
        sizes.append(len(data.corpus("validation")))
        fitted = WordEncoder()
        fitted.fit(data.read_split("train").texts)
        assert data.text.learned() == fitted.learned()
    assert sum(sizes) == 400
