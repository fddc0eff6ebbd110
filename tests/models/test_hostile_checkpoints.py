"""Any change to the values in a checkpoint is refused in a line, or leaves one that predicts."""

import copy
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import handmade

from reviewlab.exceptions import InputError
from reviewlab.explaining.scoring import score
from reviewlab.models import (
    CNNClassifier,
    LSTMClassifier,
    MLPClassifier,
    NgramClassifier,
    ReviewClassifier,
    TransformerClassifier,
    load_classifier,
)
from reviewlab.models.ensemble import combine
from reviewlab.nn.objectives import CrossEntropy, Ordinal
from reviewlab.text.bpe import BPEEncoder
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.words import WordEncoder

LABELS = ("bad", "so-so", "good")
TEXTS = ["good idea, not bad", "", "zorgon", f"{handmade.WORDS} good" * 3]


def made(kind: Any, text: TextEncoder, **arguments: Any) -> ReviewClassifier:
    text.fit([handmade.WORDS] * 2)
    if kind in (MLPClassifier, TransformerClassifier):
        arguments["max_length"] = text.max_length
    classifier: ReviewClassifier = kind(Ordinal(3), text.vocab_size, **arguments)
    classifier.describe(text, LABELS, {"seed": 3, "data": {"source": "x"}})
    return classifier.eval()


def ensemble() -> ReviewClassifier:
    members = [LSTM(), made(CNNClassifier, BPEEncoder(300))]
    return combine(dict.fromkeys(members, 1), {})


LSTM = functools.partial(made, LSTMClassifier, WordEncoder(max_length=9, pad_to="max_length"))
MAKERS: dict[str, Callable[[], ReviewClassifier]] = {
    "lstm": LSTM,
    "transformer": lambda: made(TransformerClassifier, WordEncoder(max_length=9)),
    "mlp": lambda: made(MLPClassifier, WordEncoder(distinct=True), hidden_size=[4, 3]),
    "ngram": lambda: made(NgramClassifier, NgramEncoder(character_ngrams=3, min_count=1)),
    "ensemble": ensemble,
    "cross entropy": lambda: handmade.classifier(objective=CrossEntropy(3, class_weight="none")),
}

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 2, 3, 7, 20_000, 3 * 10**8, 2 * 10**9, 2**63, 10**30])
    | st.integers(-5, 50)
    | st.floats()
    | st.sampled_from(["", "x", "post", "mean", "torch", "LSTMClassifier", "WordEncoder", "[]"])
    | st.text(max_size=5)
    | st.just(torch.zeros(2))
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=5,
)


@functools.cache
def whole(name: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = handmade.save(MAKERS[name](), Path(folder) / "x.ckpt")
        content: dict[str, Any] = torch.load(path, weights_only=True)
        return content


def places(content: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each container, except of weights, with each of its keys."""
    for key in [*content] if isinstance(content, dict) else range(len(content)):
        yield content, key
        if isinstance(content[key], dict | list):
            yield from places(content[key])


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=60)
@given(data=st.data())
def test_a_changed_value(name: str, data: st.DataObject) -> None:
    content = copy.deepcopy(whole(name))
    container, key = data.draw(st.sampled_from([*places(content)]))
    if data.draw(st.booleans()) and data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(values)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.ckpt"
        torch.save(content, path)
        try:
            classifier = load_classifier(path)
        except InputError as error:
            assert "\n" not in str(error)
            return
    scores = score(classifier, TEXTS)
    assert len(scores.predictions) == len(TEXTS)


@pytest.mark.parametrize("name", MAKERS)
def test_an_unchanged_checkpoint_predicts(name: str, tmp_path: Path) -> None:
    torch.save(whole(name), tmp_path / "x.ckpt")
    assert len(score(load_classifier(tmp_path / "x.ckpt"), TEXTS).predictions) == len(TEXTS)
