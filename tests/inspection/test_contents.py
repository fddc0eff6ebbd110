"""Corpus, words, filters, attention and weights are shown as they are."""

import re
from collections import Counter

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import yaml
from tests.inspection.conftest import Looked

from reviewlab.data.batch import Batch
from reviewlab.data.corpus import Corpus
from reviewlab.data.loader import BatchLoader
from reviewlab.inspection import (
    AttentionMaps,
    ConfigText,
    ConvolutionFilters,
    CorpusFigures,
    EmbeddingProjector,
    WeightHistograms,
)
from reviewlab.inspection.budget import Budget
from reviewlab.inspection.convolution import feature_maps, table, windows
from reviewlab.inspection.corpus import facts, histogram
from reviewlab.inspection.filters import HEAD, FeatureMaps, feature_map, filters
from reviewlab.inspection.projector import commonest, label
from reviewlab.inspection.words import (
    DARK,
    GROUND,
    LINE,
    MARGIN,
    MOST_WORDS,
    fixed_reviews,
    heat_map,
)
from reviewlab.models import (
    CNNClassifier,
    CNNLSTMClassifier,
    LSTMAttentionClassifier,
    TransformerClassifier,
)
from reviewlab.nn import CrossEntropy
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.words import WordEncoder

TEXTS = ["good good film", "bad film", "good", "never seen before a plot | so `bad`", ""]


@pytest.fixture
def loader() -> BatchLoader:
    text = WordEncoder(max_length=4, num_words=8)
    text.fit(TEXTS)
    return BatchLoader(Corpus.from_arrays(*text.encode(TEXTS), [0, 1, 0, 1, 0]), text, 2)


def test_the_corpus_is_counted_right(loader: BatchLoader) -> None:
    """Eight ids are kept, of which four are words: good, film, bad, never."""
    known = facts(loader)
    assert known["reviews"] == 5
    assert known["longest"] == 7 and known["median"] == 2
    assert known["cut"] == 1 / 5
    words = {word for word in loader.text.words if word}
    rows = [[word.strip("|`") for word in text.split() if word != "|"] for text in TEXTS]
    unknown = sum(word not in words for row in rows for word in row)
    assert known["unknown"] == pytest.approx(unknown / sum(map(len, rows)))


def test_the_id_before_a_review_is_none_of_its_words() -> None:
    text = WordEncoder(max_length=2, num_words=5)
    text.fit(["good good"])
    arrays = text.encode(["xx yy", "good xx"])
    known = facts(BatchLoader(Corpus.from_arrays(*arrays, [0, 1]), text, 2))
    assert known["unknown"] == 3 / 4 and known["median"] == 2
    assert known["cut"] == 1  # two words and what stands before them are three ids


def test_the_histogram_says_how_many_are_cut(loader: BatchLoader) -> None:
    axes = histogram(loader).axes[0]
    assert "20.0%" in axes.get_title() and axes.get_legend() is None
    assert sum(bar.get_height() for bar in axes.patches) == 5


def test_the_corpus_is_shown_once(looked: Looked) -> None:
    looked.train(CorpusFigures(every_n_epochs=1))
    [text] = looked.texts("corpus/lengths")
    assert "| training | 36 |" in text and "| held out | 9 |" in text
    assert [event.step for event in looked.events.Images("corpus/lengths")] == [0]


def test_what_is_not_held_out_is_not_shown_as_held_out(looked: Looked) -> None:
    looked.setup.data["validation"] = 0.0
    looked.train(CorpusFigures(every_n_epochs=1))
    [text] = looked.texts("corpus/lengths")
    assert "| training | 45 |" in text and "held out" not in text


def test_the_config_is_a_text_that_can_be_read_back(looked: Looked) -> None:
    looked.train(ConfigText(), model=lambda o, v: CNNClassifier(o, v))
    [text] = looked.texts("config")
    assert yaml.safe_load(text) == {"seed": 0}


def test_the_commonest_words_are_those_that_occur_most(loader: BatchLoader) -> None:
    ids = commonest(loader.corpus.ids, loader.text, 2)
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


def test_weights_stand_at_the_start_and_at_the_end(looked: Looked) -> None:
    classifier, _ = looked.train(WeightHistograms(every_n_epochs=3))
    for name, parameter in classifier.named_parameters():
        events = looked.events.Histograms(f"weights/{name}")
        assert [event.step for event in events] == [0, 15]
        assert events[1].histogram_value.num == parameter.numel()
        assert events[1].histogram_value.sum == pytest.approx(
            float(parameter.detach().sum()), abs=1e-4
        )


@pytest.mark.parametrize("vocab_size", [4, 20])
def test_the_windows_of_a_filter_are_its_strongest_answers(vocab_size: int) -> None:
    """Different ones, also where three words make the same few windows again and again."""
    torch.manual_seed(0)
    encoder = CNNClassifier(CrossEntropy(num_classes=2), vocab_size, 4, [2, 3], 3).encoder.eval()
    ids = torch.randint(1, vocab_size, (60, 7))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[::3, 5:] = False
    with torch.no_grad():
        found = windows(encoder, Batch(ids, mask, torch.zeros(60)), 4)
        for number, best in enumerate(found):
            width, convolve = (2, 3)[number // 3], encoder.convolutions.filters[number // 3]
            answers = {}
            for row, kept in zip(ids, mask, strict=True):
                vectors = F.pad(encoder.embedding(row[kept]).T, (0, width - 1))
                strengths = convolve(vectors[None])[0, number % 3].tolist()
                for step, strength in enumerate(strengths):
                    key = row[kept][step : step + width].tolist()
                    answers[tuple(key)] = strength
            strongest = sorted(answers.values(), reverse=True)[:4]
            assert [value for value, _ in best] == pytest.approx(strongest, abs=1e-5)
            for value, key in best:
                assert answers[tuple(i for i in key if i >= 0)] == pytest.approx(value, abs=1e-5)


def test_filters_are_shown_in_their_own_proportions() -> None:
    weights = np.zeros((3, 5, 2), np.float32)
    weights[0, 0, 0], weights[2, 4, 1] = 1, -1
    pixels = filters(weights)[HEAD:]
    assert (pixels == (103, 0, 31)).all(2).sum() == 36  # the darkest red, six by six
    assert (pixels == (5, 48, 97)).all(2).sum() == 36


def test_a_convolution_is_shown_with_words_filters_and_maps(looked: Looked) -> None:
    looked.train(
        ConvolutionFilters(every_n_epochs=3), model=lambda o, v: CNNClassifier(o, v, 4, [2, 3], 2)
    )
    tags = set(looked.events.Tags()["images"])
    assert tags == {
        f"convolution/{name}" for name in ("filters_2_words", "filters_3_words", "feature_map")
    }
    [text] = looked.texts("convolution/windows")
    assert len(text.splitlines()) == 2 + 2 + 2 * 2


def test_the_end_of_a_review_is_not_shown_as_its_beginning(loader: BatchLoader) -> None:
    start = loader.text.start_id
    shown = table([[(0.5, (start, -1))]], loader.text)
    assert shown.splitlines()[-1] == "| 0 | 2 | 0.50 | · ■ |"
    assert "`·`: no text, as before a review; `■`: behind its end" in shown


def test_an_lstm_behind_the_filters_is_shown_as_it_reads(loader: BatchLoader) -> None:
    torch.manual_seed(0)
    of = CrossEntropy(num_classes=2), loader.text.vocab_size, 4, [2, 3], 3, 5
    batch = fixed_reviews(loader, 2).batch
    encoder = CNNLSTMClassifier(*of).encoder.eval()
    with torch.no_grad():
        maps = feature_maps(encoder, batch, 0, loader.text)
        features = encoder(batch.token_ids[:1], batch.mask[:1])
    torch.testing.assert_close(maps.states[-1], features[0])
    assert len(feature_map(maps).axes) == 9
    pooled = CNNLSTMClassifier(*of, pooled=True).encoder.eval()
    with torch.no_grad():
        assert feature_maps(pooled, batch, 0, loader.text).states is None


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_a_feature_map_is_drawn_in_any_precision(loader: BatchLoader, dtype: torch.dtype) -> None:
    of = CrossEntropy(num_classes=2), loader.text.vocab_size, 4, [2, 3], 3, 5
    encoder = CNNLSTMClassifier(*of).encoder.eval().to(dtype)
    with torch.no_grad():
        maps = feature_maps(encoder, fixed_reviews(loader, 2).batch, 0, loader.text)
    assert len(feature_map(maps).axes) == 9


def test_filters_are_numbered_on_from_those_of_the_width_before() -> None:
    weights = np.ones((3, 5, 2), np.float32)
    assert not np.array_equal(filters(weights), filters(weights, first=3))
    assert filters(weights).shape == filters(weights, first=96).shape


def test_a_feature_map_has_a_scale_for_each_layer() -> None:
    maps = FeatureMaps(["a", "film"], torch.tensor([[1.0], [-3.0]]), torch.tensor([[0.5], [2.0]]))
    above, _, its, below, strongest, own = feature_map(maps).axes
    assert its.get_ylim() == (-3, 3) and own.get_ylim() == (-2, 2)
    assert [text.get_text() for text in below.get_xticklabels()] == ["a", "film"]
    assert above.get_title() and strongest.images[0].get_array().tolist() == [[2.0]]


def test_the_heaviest_word_has_the_darkest_ground() -> None:
    picture = heat_map("title", ["not", "worth", "it"], [0.0, 2.0, 0.5])
    colours = Counter(map(tuple, picture.reshape(-1, 3).tolist()))
    assert colours[DARK] > 500
    assert colours.most_common(1)[0][0] == GROUND


def test_long_reviews_and_empty_ones_are_shown_too() -> None:
    long = heat_map("title", ["word"] * 400, [1.0] * 400)
    empty = heat_map("title", [], [])
    assert long.shape[1] == empty.shape[1] and long.shape[0] > empty.shape[0]


def test_a_heat_map_speaks_of_the_words_that_it_shows() -> None:
    words = ["word"] * (MOST_WORDS + 1)
    heavy = [1.0] * MOST_WORDS + [1000.0]
    even = [2.0] * MOST_WORDS + [0.0]
    shown, of_all = heat_map("title", words, heavy), heat_map("title", words, even)
    below = slice(MARGIN + 2 * LINE, None)  # a title, and what the darkest weighs
    np.testing.assert_array_equal(shown[below], of_all[below])
    assert not np.array_equal(shown, of_all)


def test_a_heat_map_says_how_much_the_darkest_weighs() -> None:
    light, heavy = (heat_map("title", ["word"], [weight]) for weight in (0.01, 0.9))
    assert not np.array_equal(light, heavy)


@pytest.mark.parametrize(
    "model",
    [LSTMAttentionClassifier, lambda o, v: TransformerClassifier(o, v, max_length=9)],
    ids=["lstm_attention", "transformer"],
)
def test_attention_is_drawn_over_the_same_reviews_each_time(looked: Looked, model) -> None:
    maps = AttentionMaps(every_n_epochs=1, reviews=4)
    looked.train(maps, model=model)
    for number in range(4):
        events = looked.events.Images(f"attention/review_{number:02}")
        assert [event.step for event in events] == [5, 10, 15]
        assert len({event.width for event in events}) == 1


def test_fixed_reviews_are_spread_over_the_corpus(loader: BatchLoader) -> None:
    fixed = fixed_reviews(loader, 2)
    assert fixed.words == [["·", "good", "good", "film"], ["·"]]
    assert len(fixed_reviews(loader, 99).words) == len(TEXTS)
