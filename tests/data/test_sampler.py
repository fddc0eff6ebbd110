"""The order of an epoch depends on seed and epoch alone, and contains every review."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.sampler import EpochSampler


def order(sampler, epoch=0):
    sampler.set_epoch(epoch)
    return sampler.order()


@given(size=st.integers(1, 200), seed=st.integers(0, 2**40), epoch=st.integers(0, 10**6))
def test_every_review_once_and_the_same_order_for_one_seed_and_epoch(size, seed, epoch):
    first = order(EpochSampler(size, seed), epoch)
    assert sorted(first.tolist()) == list(range(size))
    used = EpochSampler(size, seed)
    order(used, epoch + 1)
    torch.rand(3)
    assert order(used, epoch).tolist() == first.tolist()


def test_seeds_and_epochs_shuffle_differently_and_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    orders = {tuple(order(EpochSampler(30, seed), epoch)) for seed in range(4) for epoch in (0, 1)}
    assert len(orders) == 8
    assert torch.equal(before, torch.get_rng_state())


def test_without_reshuffling_the_first_order_stays():
    kept = EpochSampler(30, 1, reshuffle=False)
    assert order(kept, 5).tolist() == order(EpochSampler(30, 1), 0).tolist()


def test_without_shuffling_they_stay_as_they_are_stored():
    assert order(EpochSampler(30, 1, shuffle=False), 5).tolist() == [*range(30)]


@given(
    lengths=st.lists(st.integers(0, 50), min_size=1, max_size=300),
    batch_size=st.integers(1, 20),
    seed=st.integers(0, 100),
)
def test_buckets_hold_every_review_once(lengths, batch_size, seed):
    sampler = EpochSampler(len(lengths), seed, lengths=np.array(lengths), batch_size=batch_size)
    assert sorted(order(sampler).tolist()) == list(range(len(lengths)))


def test_buckets_hold_reviews_of_about_one_length_in_no_order():
    lengths = np.random.default_rng(0).integers(1, 1000, 2050)
    sampler = EpochSampler(len(lengths), 0, lengths=lengths, batch_size=20)
    batches = lengths[order(sampler)][:2040].reshape(-1, 20)
    assert np.ptp(batches, axis=1).mean() < 30  # about 900 if drawn at random
    means = batches.mean(axis=1)
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3
    assert order(sampler, 0).tolist() != order(sampler, 1).tolist()


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    seed=st.integers(0, 100),
)
def test_balanced_draws_the_classes_equally_and_reviews_as_equally_as_it_can(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)
    drawn = order(EpochSampler(len(labels), seed, labels=labels))
    assert len(drawn) == len(labels)
    assert np.ptp(np.bincount(labels[drawn], minlength=len(counts))) <= 1
    seen = np.bincount(drawn, minlength=len(labels))
    assert all(np.ptp(seen[labels == label]) <= 1 for label in range(len(counts)))


def test_balanced_leaves_other_reviews_out_in_another_epoch():
    sampler = EpochSampler(100, 0, labels=np.repeat([0, 1], [90, 10]))
    assert set(order(sampler, 0)) != set(order(sampler, 1))


def test_balanced_reviews_can_be_bucketed():
    labels = np.repeat([0, 1], [300, 100])
    lengths = np.random.default_rng(0).integers(1, 1000, 400)
    plain = order(EpochSampler(400, 0, labels=labels))
    both = order(EpochSampler(400, 0, labels=labels, lengths=lengths, batch_size=10))
    assert sorted(both) == sorted(plain)
    assert np.ptp(lengths[both].reshape(-1, 10), axis=1).mean() < 60
