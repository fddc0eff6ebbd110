"""The windows and feature maps of filters are those that torch computes."""

import pytest
import torch
import torch.nn.functional as F
from tests.inspection.conftest import Looked

from reviewlab.data.batch import Batch, Tokens
from reviewlab.data.loader import ReviewLoader
from reviewlab.inspection import (
    ConvolutionFilters,
)
from reviewlab.inspection.convolution import feature_maps, table, windows
from reviewlab.inspection.filters import feature_map
from reviewlab.inspection.words import (
    fixed_reviews,
)
from reviewlab.models import (
    CNNClassifier,
    CNNLSTMClassifier,
)
from reviewlab.nn import CrossEntropy


@pytest.mark.parametrize("vocab_size", [4, 20])
def test_the_windows_of_a_filter_are_its_strongest_answers(vocab_size: int) -> None:
    """The windows are distinct, even in texts that repeat a few words."""
    torch.manual_seed(0)
    encoder = CNNClassifier(CrossEntropy(num_classes=2), vocab_size, 4, [2, 3], 3).encoder.eval()
    ids = torch.randint(1, vocab_size, (60, 7))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[::3, 5:] = False
    with torch.no_grad():
        found = windows(encoder, Batch(Tokens(ids, mask), torch.zeros(60)), 4)
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


def test_the_end_of_a_review_is_not_shown_as_its_beginning(loader: ReviewLoader) -> None:
    start = loader.text.start_id
    shown = table([[(0.5, (start, -1))]], loader.text)
    assert shown.splitlines()[-1] == "| 0 | 2 | 0.50 | · ■ |"
    assert "`·`: a token without text, such as a review's start; `■`: beyond the end" in shown


def test_an_lstm_behind_the_filters_is_shown_as_it_reads(loader: ReviewLoader) -> None:
    torch.manual_seed(0)
    of = CrossEntropy(num_classes=2), loader.text.vocab_size, 4, [2, 3], 3, 5
    batch = fixed_reviews(loader, 2).batch
    encoder = CNNLSTMClassifier(*of).encoder.eval()
    with torch.no_grad():
        maps = feature_maps(encoder, batch, 0, loader.text)
        features = encoder(batch.inputs.token_ids[:1], batch.inputs.mask[:1])
    torch.testing.assert_close(maps.states[-1], features[0])
    assert len(feature_map(maps).axes) == 9
    pooled = CNNLSTMClassifier(*of, pooled=True).encoder.eval()
    with torch.no_grad():
        assert feature_maps(pooled, batch, 0, loader.text).states is None


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_a_feature_map_is_drawn_in_any_precision(loader: ReviewLoader, dtype: torch.dtype) -> None:
    of = CrossEntropy(num_classes=2), loader.text.vocab_size, 4, [2, 3], 3, 5
    encoder = CNNLSTMClassifier(*of).encoder.eval().to(dtype)
    with torch.no_grad():
        maps = feature_maps(encoder, fixed_reviews(loader, 2).batch, 0, loader.text)
    assert len(feature_map(maps).axes) == 9
