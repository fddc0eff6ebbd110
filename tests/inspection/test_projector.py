"""Word vectors are written with their words, untrained and trained."""

import re
from collections import Counter

import numpy as np
import torch
from tests.inspection.conftest import TEXTS, Looked

from reviewlab.data.loader import ReviewLoader
from reviewlab.inspection import (
    EmbeddingProjector,
)
from reviewlab.inspection.budget import Budget
from reviewlab.inspection.projector import label, most_frequent
from reviewlab.text.bpe import BPEEncoder


def test_the_commonest_words_are_those_that_occur_most(loader: ReviewLoader) -> None:
    ids = most_frequent(loader.corpus.ids, loader.text, 2)
    assert [label(loader.text, i) for i in ids] == ["good", "film"]
    counts = Counter(word for text in TEXTS for word in text.split())
    assert counts["good"] >= counts["film"] >= 2


def test_a_label_stays_in_its_line() -> None:
    text = BPEEncoder()
    text.fit(["tab\tnew line\n and a space"])
    labels = [label(text, i) for i in range(text.vocab_size)]
    assert all(len(one.split()) == 1 for one in labels)


def test_word_vectors_are_written_before_and_after(looked: Looked) -> None:
    torch.manual_seed(3)
    classifier, _ = looked.train(EmbeddingProjector(every_n_epochs=3, words=5))
    [after] = looked.folder.glob("*/after/tensors.tsv")
    [before] = looked.folder.glob("*/before/tensors.tsv")
    words = (after.parent / "metadata.tsv").read_text().split()
    ids = [classifier.text_encoder.words.index(word) + 4 for word in words]
    trained = classifier.encoder.embedding.weight.detach()[ids].numpy()
    np.testing.assert_allclose(np.loadtxt(after, delimiter="\t"), trained, rtol=1e-4, atol=1e-6)
    assert np.loadtxt(before, delimiter="\t").shape == trained.shape
    assert not np.allclose(np.loadtxt(before, delimiter="\t"), trained)


def test_word_vectors_are_written_at_each_period(looked: Looked) -> None:
    looked.train(EmbeddingProjector(every_n_epochs=2, words=5))
    written = {path.parent.relative_to(looked.folder) for path in looked.folder.glob("*/*/*.tsv")}
    assert {path.as_posix() for path in written} == {"00000/before", "00010/after", "00015/after"}


def test_a_training_that_is_gone_on_with_keeps_the_earlier_word_vectors(looked: Looked) -> None:
    for epochs in (2, 4):
        looked.setup.trainer["max_epochs"] = epochs
        looked.train(EmbeddingProjector(every_n_epochs=2, words=5), resume=epochs == 4)
    listed = (looked.folder / "projector_config.pbtxt").read_text()
    shown = re.findall(r'tensor_name: "(.*)"', listed)
    assert shown == ["before:00000", "after:00010", "after:00020"]


def test_untrained_vectors_outlive_a_stop_before_there_was_time_for_them(
    looked: Looked, monkeypatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Budget, "affords", lambda *_, **__: False)
        looked.train(stopped := EmbeddingProjector(words=5))
    assert not [*looked.folder.glob("*/before")]
    looked.setup.trainer["max_epochs"] = 4
    classifier, _ = looked.train(EmbeddingProjector(every_n_epochs=4, words=5), resume=True)
    [before] = looked.folder.glob("00000/before/tensors.tsv")
    words = (before.parent / "metadata.tsv").read_text().split()
    ids = [classifier.text_encoder.words.index(word) + 4 for word in words]
    untrained = stopped.state_dict()["untrained"][ids]
    np.testing.assert_allclose(np.loadtxt(before, delimiter="\t"), untrained, rtol=1e-4, atol=1e-6)
