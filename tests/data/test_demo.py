from itertools import combinations

import numpy as np
import pytest

from reviewlab.data.demo import DemoDataModule
from reviewlab.data.grammar import BAG_CEILING, BAYES_ACCURACY, write_reviews
from reviewlab.data.splits import fold
from reviewlab.exceptions import InputError
from reviewlab.text.words import WordEncoder


def data(**options):
    return DemoDataModule(WordEncoder(), **options)


def test_the_reviews_are_the_grammar_s():
    module = data(reviews=300, grammar_seed=5, test=0, validation=0)
    texts, stars = write_reviews(300, 5)
    read = module.read()["train"]
    assert read.texts == texts
    assert [module.label_names[label] for label in read.labels] == list(map(str, stars))


def test_splits_are_disjoint_of_the_stated_size_and_stratified():
    module = data()
    splits = module.split_reviews(module.read())
    sizes = {name: len(part.texts) for name, part in splits.items()}
    assert sizes == {"train": 3840, "test": 1200, "validation": 960}
    sides = [set(map(fold, part.texts)) for part in splits.values()]
    assert all(not a & b for a, b in combinations(sides, 2))
    whole = np.bincount(np.concatenate([part.labels for part in splits.values()])) / 6000
    for part in splits.values():
        assert np.bincount(part.labels) / len(part.labels) == pytest.approx(whole, abs=0.002)
        assert max(whole) < 0.22  # always predicting the same star reaches this


def test_a_share_of_nothing_means_no_such_split():
    module = data(reviews=200, test=0, validation=0)
    assert list(module.split_reviews(module.read())) == ["train"]


def test_the_fingerprint_is_of_the_reviews_and_the_split_is_apart_from_it():
    prints = [
        data(reviews=200).fingerprint(),
        data(reviews=201).fingerprint(),
        data(reviews=200, grammar_seed=1).fingerprint(),
    ]
    assert len(set(prints)) == 3
    assert data(reviews=200, split_seed=1, test=0.5, seed=3).fingerprint() == prints[0]
    options = [data(**given).split_options() for given in ({}, {"test": 0.5}, {"split_seed": 1})]
    assert options[0] != options[1] != options[2] != options[0]


def test_the_limits_are_told_and_stand_in_the_docstring():
    module = data(reviews=200)
    module.prepare()
    assert module.notes[0] == (
        "the best possible accuracy is 0.9, and 0.628 if word order is ignored"
    )
    for limit in (BAYES_ACCURACY, BAG_CEILING):
        assert f"{limit:.3f}".strip("0") in DemoDataModule.__doc__


def test_batches_come_out():
    module = data(reviews=200, batch_size=16)
    module.prepare()
    facts = module.facts()
    assert facts["num_classes"] == 5
    assert sum(facts["class_counts"]) == 128
    batch = next(iter(module.train_dataloader()))
    assert batch.inputs.token_ids.shape[0] == 16
    assert set(batch.labels.tolist()) <= {0, 1, 2, 3, 4}


def test_a_share_that_holds_out_nothing():
    with pytest.raises(InputError, match=r"data\.test: a share of 0\.001 of 100 reviews"):
        data(reviews=100, test=0.001).read()
