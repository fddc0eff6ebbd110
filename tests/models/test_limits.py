"""A checkpoint cannot make a classifier allocate more than its weights justify."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests import handmade
from torch import nn

from reviewlab.exceptions import InputError
from reviewlab.models import load_classifier
from reviewlab.models.limits import at_most, refuse_large, refuse_weights


def change(content: dict[str, Any], key: str, value: Any) -> None:
    """Set a value in nested dictionaries, at a key such as `reviewlab.config.seed`."""
    *parents, leaf = key.split(".")
    for name in parents:
        content = content[name]
    content[leaf] = value


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.save(handmade.classifier(), tmp_path_factory.mktemp("whole") / "x.ckpt")


def refusal(tmp_path: Path, whole: Path, key: str, value: Any) -> str:
    """Change one value of a checkpoint, and return the message with which it is refused."""
    content = torch.load(whole, weights_only=True)
    change(content, key, value)
    torch.save(content, tmp_path / "x.ckpt")
    with pytest.raises(InputError) as caught:
        load_classifier(tmp_path / "x.ckpt")
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vocab_size", 3 * 10**8),
        ("hidden_size", 20_000),
        ("hidden_size", 10**7),
        ("embedding_size", 10**7),
        ("num_layers", 10**7),
    ],
)
def test_arguments_describe_no_more_than_the_weights(
    tmp_path: Path, whole: Path, name: str, value: int
) -> None:
    message = refusal(tmp_path, whole, f"hyper_parameters.{name}", value)
    assert "has arguments that LSTMClassifier does not accept" in message


@pytest.mark.parametrize("name", ["num_layers", "vocab_size"])
def test_arguments_are_numbers_of_a_usual_size(tmp_path: Path, whole: Path, name: str) -> None:
    message = refusal(tmp_path, whole, f"hyper_parameters.{name}", 10**30)
    assert "is damaged: a whole number has 100 bits; allowed: at most 64" in message


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("hyper_parameters.pooling", "median", "pooling: 'median' is not allowed"),
        ("hyper_parameters.init", "xavier", "init: 'xavier' is not allowed; allowed: torch, keras"),
        ("hyper_parameters.dropout", 1.5, "dropout: 1.5 is not allowed; allowed: a number >= 0"),
        ("hyper_parameters.hidden_size", "8", "hidden_size: '8' is not allowed"),
        ("hyper_parameters.bidirectional", 1, "bidirectional: 1 is not allowed"),
        ("hyper_parameters.vocab_size", -1, "vocab_size: -1 is not allowed"),
        ("hyper_parameters.no_such", 1, "'no_such': no such argument"),
        ("reviewlab.objective_arguments.label_smoothing", 2.0, "label_smoothing: 2.0 is not"),
        ("reviewlab.objective_arguments.decision", "most", "decision: 'most' is not allowed"),
        ("reviewlab.text_encoder.layout.max_length", -1, "max_length: -1 is not allowed"),
        ("reviewlab.text_encoder.layout.max_length", "x", "max_length: 'x' is not allowed"),
        ("reviewlab.text_encoder.layout.padding", "left", "padding: 'left' is not allowed"),
        ("reviewlab.text_encoder.layout.pad_id", -5, "pad_id: -5 is not allowed"),
        ("reviewlab.text_encoder.layout.odd", 1, "'odd': no such argument"),
        ("reviewlab.text_encoder.options.filters", 5, "filters: 5 is not allowed"),
        ("reviewlab.text_encoder.options.oov_id", -2, "oov_id: -2 is not allowed"),
        ("reviewlab.text_encoder.cleaning", {"lower_case": "x"}, "lower_case: 'x' is not allowed"),
        ("reviewlab.text_encoder.learned", {"words": 3}, "text encoder that cannot be restored"),
        ("reviewlab.config", {"data": "x"}, "the key data of its config is not a mapping"),
        ("reviewlab.config", {"seed": {1, 2}}, "a value is of the type set"),
    ],
)
def test_a_signature_refuses_from_a_checkpoint_what_it_refuses_from_a_yaml(
    tmp_path: Path, whole: Path, key: str, value: Any, told: str
) -> None:
    assert told in refusal(tmp_path, whole, key, value)


def test_padding_to_a_length_that_no_memory_holds(tmp_path: Path, whole: Path) -> None:
    layout = {**handmade.classifier().text_encoder.state()["layout"], "pad_to": "max_length"}
    layout["max_length"] = 2 * 10**9
    message = refusal(tmp_path, whole, "reviewlab.text_encoder.layout", layout)
    assert "2000000000 would pad every review to that length; allowed: at most 100000" in message


def test_a_dictionary_that_is_shared_forty_fold(tmp_path: Path, whole: Path) -> None:
    """Written once, it stands for a million million values."""
    config: dict[str, Any] = {}
    for _ in range(40):
        config = {"a": config, "b": config}
    assert "stands for more than" in refusal(tmp_path, whole, "reviewlab.config", config)


def test_a_dictionary_that_contains_itself(tmp_path: Path, whole: Path) -> None:
    config: dict[str, Any] = {}
    config["a"] = config
    assert "is damaged" in refusal(tmp_path, whole, "reviewlab.config", config)


def test_lists_that_are_nested_too_deeply(tmp_path: Path, whole: Path) -> None:
    config: list[Any] = []
    for _ in range(150):
        config = [config]
    assert "nested more than 100 deep" in refusal(tmp_path, whole, "reviewlab.config.a", config)


@pytest.mark.parametrize(
    ("weight", "told"),
    [
        (torch.zeros(1).expand(10**5, 10**4), "weights claim 4,0"),
        (torch.empty(3, device="meta"), "is not a plain tensor"),
        (torch.eye(3).to_sparse(), "is not a plain tensor"),
        (5, "is not a plain tensor"),
    ],
)
def test_weights_are_tensors_as_large_as_they_say(
    tmp_path: Path, whole: Path, weight: Any, told: str
) -> None:
    weights = torch.load(whole, weights_only=True)["state_dict"]
    assert told in refusal(tmp_path, whole, "state_dict", {**weights, "head.weight": weight})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite(tmp_path: Path, value: float) -> None:
    """They would predict some class with probabilities that are no numbers."""
    made = handmade.classifier()
    made.head.weight.data[0, 0] = value
    path = handmade.save(made, tmp_path / "x.ckpt")
    with pytest.raises(InputError, match=r"has NaN or infinity among the weights head\.weight"):
        load_classifier(path)
    load_classifier(path, finite=False)


@given(st.integers(1, 300), st.integers(1, 300))
def test_an_honest_classifier_is_built(rows: int, columns: int) -> None:
    weights = {"weight": torch.zeros(rows, columns), "bias": torch.zeros(rows)}
    arguments = {"in_features": columns, "out_features": rows}
    refuse_weights(weights, 5 * rows * columns + 1000)
    refuse_large(arguments, weights)
    with at_most(2, rows * columns + rows):
        nn.Linear(**arguments)


def test_the_bound_ends_with_the_block() -> None:
    with pytest.raises(InputError, match="more than the 1 weights"), at_most(1, 1):
        nn.Linear(10**4, 10**4)
    nn.Linear(2000, 2000)


def test_numbers_beyond_any_dimension_are_refused() -> None:
    with pytest.raises(InputError, match="widths: 100000000 does not fit 1 weights"):
        refuse_large({"widths": [3, 10**8]}, {"a": torch.zeros(3)})


def test_the_text_encoder_fits_the_classifier(tmp_path: Path) -> None:
    from reviewlab.text.ngrams import NgramEncoder

    made = handmade.classifier()
    made._text_encoder = NgramEncoder(min_count=1)
    made.text_encoder.fit(["a"])
    path = handmade.save(made, tmp_path / "x.ckpt")
    with pytest.raises(InputError, match="LSTMClassifier cannot read what NgramEncoder produces"):
        load_classifier(path)
