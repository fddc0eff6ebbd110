"""Batches lose nothing, are shared among ranks, and resume where a run stopped."""

from itertools import chain

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.data.corpus import Corpus
from reviewlab.data.loader import ReviewLoader
from reviewlab.data.sampler import EpochSampler
from reviewlab.exceptions import InputError
from reviewlab.text.words import WordEncoder


def loader(size, batch_size, seed=None, rank=0, world_size=1):
    """A corpus whose reviews have one token each, their own number."""
    corpus = Corpus.from_arrays(np.arange(size), np.arange(size + 1), np.zeros(size))
    sampler = None if seed is None else EpochSampler(size, seed)
    return ReviewLoader(corpus, WordEncoder(), batch_size, sampler, rank, world_size)


def seen(batches):
    return [batch.inputs.token_ids[:, 0].tolist() for batch in batches]


def test_in_order_the_last_smaller_batch_is_kept():
    batches = loader(7, 3)
    assert len(batches) == 3
    assert seen(batches) == [[0, 1, 2], [3, 4, 5], [6]]
    assert seen(batches) == [[0, 1, 2], [3, 4, 5], [6]]


def test_shuffled_batches_follow_the_sampler_and_its_epoch():
    batches = loader(7, 3, seed=1)
    batches.sampler.set_epoch(4)
    order = EpochSampler(7, 1)
    order.set_epoch(4)
    assert list(chain(*seen(batches))) == order.order().tolist()


@given(size=st.integers(1, 60), batch_size=st.integers(1, 12), ranks=st.integers(1, 4))
def test_ranks_share_every_batch(size, batch_size, ranks):
    if min(size, batch_size) < ranks:
        for seed, key in ((5, "batch_size"), (None, "eval_batch_size")):
            with pytest.raises(InputError, match=rf"data\.{key}: "):
                loader(size, batch_size, seed, world_size=ranks)
        return
    shares = [loader(size, batch_size, 5, rank, ranks) for rank in range(ranks)]
    per_rank = [seen(share) for share in shares]
    assert {len(batches) for batches in per_rank} == {len(shares[0])}
    whole = [list(chain(*parts)) for parts in zip(*per_rank, strict=True)]
    assert sorted(chain(*whole)) == list(range(size))
    assert all(len(part) > 0 for batches in per_rank for part in batches)
    assert all(len(batch) == batch_size for batch in whole[:-1])
    assert len(whole[-1]) < batch_size + ranks
    for parts in zip(*shares, strict=True):  # the mean over ranks is the mean over reviews
        total = sum(len(part.labels) for part in parts)
        wanted = [len(part.labels) / total for part in parts]
        assert [part.share / ranks for part in parts] == pytest.approx(wanted)


def test_the_state_says_how_far_the_epoch_is():
    batches = loader(7, 3, seed=1)
    batches.sampler.set_epoch(2)
    iterator = iter(batches)
    next(iterator), next(iterator)
    assert batches.state_dict() == {"epoch": 2, "batch": 2}


@pytest.mark.parametrize(("batch_size", "in_a_row"), [(64, 8), (200, 2), (600, 1)])
def test_small_batches_are_gathered_in_a_row_and_counted_one_by_one(
    monkeypatch, batch_size, in_a_row
):
    batches = loader(1300, batch_size)
    gather, sizes = batches.corpus.gather, []

    def counting(indices, text):
        sizes.append(len(indices))
        return gather(indices, text)

    monkeypatch.setattr(batches.corpus, "gather", counting)
    iterator = iter(batches)
    for handed_out in range(1, in_a_row + 1):
        next(iterator)
        assert sizes == [batch_size] * in_a_row
        assert batches.state_dict()["batch"] == handed_out


def test_a_loaded_state_skips_what_was_seen_in_its_epoch_only():
    whole = loader(7, 3, seed=1)
    whole.sampler.set_epoch(2)
    resumed = loader(7, 3, seed=1)
    resumed.load_state_dict({"epoch": 2, "batch": 2})
    assert resumed.state_dict()["batch"] == 2
    iter(resumed)  # Lightning creates one only to see if it can
    resumed.sampler.set_epoch(2)
    assert len(resumed) == 3
    assert seen(resumed) == seen(whole)[2:]
    whole.sampler.set_epoch(3)
    resumed.sampler.set_epoch(3)
    assert seen(resumed) == seen(whole)


def test_a_state_of_a_finished_epoch_does_not_shorten_the_next():
    resumed = loader(7, 3, seed=1)
    resumed.load_state_dict({"epoch": 2, "batch": 3})
    resumed.sampler.set_epoch(3)
    assert len(seen(resumed)) == 3


class Watcher(pl.LightningModule):
    """Records the batches it gets, and learns from them."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.seen = []

    def training_step(self, batch, index):
        self.seen.append((self.current_epoch, index, *batch.inputs.token_ids[:, 0].tolist()))
        return self.layer(batch.inputs.token_ids / 30).square().mean()

    def validation_step(self, batch, index):
        pass

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 0.1)


class SaveEverywhere(pl.Callback):
    """Saves a checkpoint after each step, each validation and each epoch."""

    def __init__(self, folder):
        self.folder = folder

    def on_train_batch_end(self, trainer, *_):
        trainer.save_checkpoint(self.folder / f"step-{trainer.global_step}.ckpt")

    def on_validation_end(self, trainer, *_):
        trainer.save_checkpoint(self.folder / f"validation-{trainer.global_step}.ckpt")

    def on_train_epoch_end(self, trainer, *_):
        trainer.save_checkpoint(self.folder / f"epoch-{trainer.global_step}.ckpt")


def fit(validation, callbacks=(), checkpoint=None, **options):
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=3,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        callbacks=list(callbacks),
        **options,
    )
    torch.manual_seed(0)
    module = Watcher()
    val = loader(4, 3) if validation else None
    trainer.fit(module, loader(11, 4, seed=3), val, ckpt_path=checkpoint, weights_only=True)
    return module


@pytest.mark.parametrize("validation", [True, False])
@pytest.mark.parametrize("options", [{}, {"limit_train_batches": 2}])
@pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no")
def test_lightning_resumes_bit_for_bit_from_every_place(tmp_path, validation, options):
    whole = fit(validation, [SaveEverywhere(tmp_path)], **options)
    assert len({step[0] for step in whole.seen}) == 3
    checkpoints = list(tmp_path.iterdir())
    assert len(checkpoints) == len(whole.seen) + 3 + 3 * validation
    for checkpoint in checkpoints:
        step = int(checkpoint.stem.split("-")[1])
        resumed = fit(validation, checkpoint=checkpoint, **options)
        assert resumed.seen == whole.seen[step:], checkpoint.name
        assert torch.equal(resumed.layer.weight, whole.layer.weight), checkpoint.name
