"""From reviews to batches: changes that encode again, changes that do not, and refusals."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.reviews import Reviews
from reviewlab.exceptions import InputError
from reviewlab.text.state import from_state
from reviewlab.text.words import WordEncoder

TRAIN = Reviews(
    [f"word{i} " + "more " * (i % 7) for i in range(60)], np.repeat(np.arange(3), [30, 20, 10])
)
TEST = Reviews(["word1 more", "", "never seen", "😀"], np.array([0, 1, 2, 2]))


class Small(ReviewDataModule):
    """Sixty reviews of three classes, and the number of times they were read."""

    label_names = ("bad", "middling", "good")

    def __init__(self, folder, text=None, content="made here", train=TRAIN, **options):
        defaults = {"batch_size": 8, "eval_batch_size": 5, "validation": 0.2}
        super().__init__(text or WordEncoder(), cache_dir=str(folder), **{**defaults, **options})
        self.content = content
        self.train = train
        self.reads = 0

    def fingerprint(self):
        return self.content

    def read(self):
        self.reads += 1
        self.notes.append("2 rows dropped")
        return {"train": self.train, "test": TEST}


def prepared(folder, text=None, **options):
    data = Small(folder, text, **options)
    data.prepare()
    return data


def texts(data, split):
    corpus = data.corpus(split)
    return [
        data.text.decode(corpus.ids[a:b].tolist())
        for a, b in zip(corpus.offsets, corpus.offsets[1:], strict=False)
    ]


def test_the_facts_that_a_classifier_needs(tmp_path):
    data = prepared(tmp_path, WordEncoder(max_length=7))
    assert data.facts() == {
        "vocab_size": data.text.vocab_size,
        "num_classes": 3,
        "class_counts": [24, 16, 8],
        "max_length": 7,
        "ordinal": True,
    }
    assert [len(data.corpus(name)) for name in ("train", "validation", "test")] == [48, 12, 4]


def test_every_review_and_its_label_end_in_one_split(tmp_path):
    data = prepared(tmp_path, fit_on="source")
    found = {
        text: label
        for split in ("train", "validation")
        for text, label in zip(texts(data, split), data.corpus(split).labels.tolist(), strict=True)
    }
    cleaned = [text.strip() for text in TRAIN.texts]
    assert found == dict(zip(cleaned, TRAIN.labels.tolist(), strict=True))
    assert np.bincount(data.corpus("validation").labels).tolist() == [6, 4, 2]


def test_the_reviews_of_a_split_are_read_again_in_its_order(tmp_path):
    data = prepared(tmp_path, fit_on="source")
    notes = [*data.notes]
    for split in ("train", "validation"):
        reviews = data.read_split(split)
        assert [text.strip() for text in reviews.texts] == texts(data, split)
        np.testing.assert_array_equal(reviews.labels, data.corpus(split).labels)
    assert data.notes == notes


def test_the_vocabulary_is_that_of_the_training_split_or_of_the_source(tmp_path):
    train, source = prepared(tmp_path), prepared(tmp_path, fit_on="source")
    assert len(train.text.words) == 48 + 1
    assert len(source.text.words) == 60 + 1
    assert train.text.words[0] == source.text.words[0] == "more"


def test_runs_that_do_not_change_the_ids_encode_once(tmp_path, caplog):
    caplog.set_level(logging.INFO, "reviewlab")
    first = prepared(tmp_path)
    assert "encoded 64 reviews in" in caplog.text
    assert "found in" not in caplog.text
    for options in (
        {"seed": 5},
        {"batch_size": 4, "eval_batch_size": 1},
        {"bucket_by_length": True, "balanced": True},
        {"text": WordEncoder(max_length=3, padding="pre", truncation="pre")},
    ):
        data = prepared(tmp_path, **options)
        assert data.reads == 0
        assert data.text.words == first.text.words
        assert data.corpus("train").ids.tolist() == first.corpus("train").ids.tolist()
        assert data.notes == first.notes
    assert caplog.text.count("encoded 64 reviews") == 1
    assert caplog.text.count("found in") == 4


@pytest.mark.parametrize(
    "options",
    [
        {"content": "another file"},
        {"validation": 0.1},
        {"split_seed": 1},
        {"fit_on": "source"},
        {"text": WordEncoder(num_words=9)},
    ],
)
def test_runs_that_change_the_ids_encode_anew(tmp_path, options):
    prepared(tmp_path)
    assert prepared(tmp_path, **options).reads == 1


def test_preparing_twice_reads_once(tmp_path):
    data = prepared(tmp_path)
    data.prepare()
    data.setup("fit")
    assert data.reads == 1


def test_the_split_moves_with_its_own_seed_unless_it_has_none(tmp_path):
    def held_out(**options):
        return set(texts(prepared(tmp_path, fit_on="source", **options), "validation"))

    assert held_out() == held_out(seed=9)
    assert held_out() != held_out(split_seed=9)
    assert held_out(split_seed=9) == held_out(split_seed=None, seed=9)


def test_notes_tell_what_was_dropped_and_what_is_out_of_vocabulary(tmp_path):
    data = prepared(tmp_path, fit_on="source")
    # Of five tokens: never, seen and the emoji.
    unknown = "test: 60.0% of the tokens are out of vocabulary"
    assert data.notes == ["2 rows dropped", unknown]


def test_a_class_without_training_reviews_is_told(tmp_path):
    one_class = Reviews(TRAIN.texts, np.zeros(60, np.int64))
    data = prepared(tmp_path, train=one_class)
    assert "train: no review is labelled middling, good" in data.notes


def test_without_validation_all_reviews_train(tmp_path):
    data = prepared(tmp_path, validation=0)
    assert len(data.corpus("train")) == 60
    assert not data.has("validation")
    assert data.val_dataloader() == []


def test_training_batches_are_shuffled_and_evaluation_is_in_order(tmp_path):
    data = prepared(tmp_path)
    labels = [batch.labels.tolist() for batch in data.train_dataloader()]
    assert [len(batch) for batch in labels] == [8] * 6
    assert any(len(set(batch)) > 1 for batch in labels)
    tested = [batch.labels.tolist() for batch in data.test_dataloader()]
    assert tested == [[0, 1, 2, 2]]
    assert [len(batch.labels) for batch in data.val_dataloader()] == [5, 5, 2]


def test_the_shuffle_follows_the_seed(tmp_path):
    def order(**options):
        batches = prepared(tmp_path, **options).train_dataloader()
        return [batch.labels.tolist() for batch in batches]

    assert order(seed=1) == order(seed=1) != order(seed=2)


def test_balanced_and_bucketed_batches(tmp_path):
    data = prepared(tmp_path, balanced=True, bucket_by_length=True, batch_size=4)
    batches = list(data.train_dataloader())
    labels = torch.cat([batch.labels for batch in batches])
    assert torch.bincount(labels).tolist() == [16, 16, 16]
    spread = [int(np.ptp(batch.inputs.mask.sum(1).numpy())) for batch in batches]
    assert np.mean(spread) < 1.5


def test_buckets_do_not_look_behind_the_cut(tmp_path):
    cut = prepared(tmp_path, WordEncoder(max_length=1), bucket_by_length=True)
    assert cut.train_dataloader().sampler._lengths.tolist() == [1] * 48


def test_a_fitted_encoder_is_used_as_it_is_and_cached(tmp_path):
    trained = from_state(prepared(tmp_path, WordEncoder(num_words=8)).text.state())
    data = Small(tmp_path, train=TRAIN, batch_size=1000)
    data.use_text_encoder(trained)
    data.prepare()
    assert data.text is trained
    assert data.facts()["vocab_size"] == 8
    assert data.corpus("test").ids.max() < 8
    again = Small(tmp_path)
    again.use_text_encoder(from_state(trained.state()))
    again.prepare()
    assert (data.reads, again.reads) == (1, 0)


def test_encoders_with_other_words_do_not_share_a_cache(tmp_path):
    encoder, other = WordEncoder(), WordEncoder()
    encoder.fit(["word1 more"])
    other.fit(["more word1"])
    ids = []
    for each in (encoder, other):
        data = Small(tmp_path)
        data.use_text_encoder(each)
        data.prepare()
        ids.append(data.corpus("test").ids[:3].tolist())
    assert ids == [[1, 4, 5], [1, 5, 4]]


def test_fewer_reviews_than_classes_are_refused(tmp_path):
    few = Reviews(["a", "b"], np.array([0, 1]))
    with pytest.raises(InputError, match=r"data\.source: has 2 training reviews for 3 classes"):
        prepared(tmp_path, train=few, validation=0)


def test_a_share_that_holds_out_nothing_is_refused(tmp_path):
    said = r"data\.validation: a share of 0\.001 of 60 reviews holds out no reviews"
    with pytest.raises(InputError, match=said):
        prepared(tmp_path, validation=0.001)


def test_fewer_reviews_than_a_batch_are_refused(tmp_path):
    for _ in ("cold", "warm"):
        with pytest.raises(InputError, match=r"data\.batch_size: 49 .* 48 training reviews"):
            prepared(tmp_path, batch_size=49)


def test_ranks_must_share_a_training_batch_equally(tmp_path):
    data = prepared(tmp_path, batch_size=9)
    data.trainer = SimpleNamespace(global_rank=1, world_size=2)
    with pytest.raises(InputError, match=r"data\.batch_size: 9 .* 2 devices"):
        data.train_dataloader()
    data.batch_size = 8
    assert [len(batch.labels) for batch in data.train_dataloader()] == [4] * 6
    assert [len(batch.labels) for batch in data.val_dataloader()] == [2, 2, 1]


class Tiny(pl.LightningModule):
    """Records the labels it sees."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.epochs = []

    def on_train_epoch_start(self):
        self.epochs.append([])

    def training_step(self, batch, index):
        self.epochs[-1].append(batch.inputs.token_ids.tolist())
        return (self.weight * batch.labels).mean()

    def validation_step(self, batch, index):
        pass

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


def trained(data, **options):
    module = Tiny()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=2,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,
    )
    trainer.fit(module, datamodule=data)
    return module


def test_lightning_trains_on_it_with_and_without_validation(tmp_path):
    with_validation = trained(Small(tmp_path)).epochs
    without = trained(Small(tmp_path, validation=0), limit_val_batches=0).epochs
    for epochs, batches in ((with_validation, 6), (without, 8)):
        assert [len(epoch) for epoch in epochs] == [batches, batches]
        assert epochs[0] != epochs[1]
