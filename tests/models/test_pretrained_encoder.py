"""An encoder with unsuitable tokenizer, weights or options is refused in one line."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.pretrained_sources import LAYOUTS, POSITIONS, SIZE, Layout, copied, source
from tests.refusals import refusal

from reviewlab.models import PretrainedClassifier
from reviewlab.nn import CrossEntropy

every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def begun(folder: str) -> None:
    """Begin a training."""
    data: Any = SimpleNamespace()
    PretrainedClassifier(CrossEntropy(3), 50, 20, folder).start_from(data)


def test_more_ids_than_word_vectors_are_refused() -> None:
    said = refusal(PretrainedClassifier, CrossEntropy(2), 91, 20, source())
    assert said.startswith("data.text: the tokenizer has 91 ids, but the encoder ")


def test_adapters_for_layers_that_are_not_there_are_refused() -> None:
    options = {"train": "lora", "lora": {"targets": ["wise"]}}
    said = refusal(PretrainedClassifier, CrossEntropy(2), 50, 20, source(), **options)
    assert said.startswith("model.lora.targets: ['wise'] is not allowed; this encoder's layers ")
    assert "query" in said


@pytest.mark.parametrize(("length", "given"), [(POSITIONS + 1, POSITIONS + 1), (None, "null")])
@every_layout
def test_more_positions_than_it_was_made_for_are_refused(
    layout: Layout, length: int | None, given: object
) -> None:
    said = refusal(PretrainedClassifier, CrossEntropy(2), 50, length, source(layout))
    assert said.startswith(f"data.text.max_length: {given} is not allowed; allowed: at most 40 (")


@pytest.mark.parametrize(
    "changes",
    [{"model_type": "no_such_model"}, {"num_attention_heads": 3}, {"hidden_act": "magic"}],
)
def test_a_configuration_that_cannot_be_built_is_told(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    folder = copied(tmp_path)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    said = refusal(PretrainedClassifier, CrossEntropy(2), 50, 20, str(folder))
    assert said.startswith(f"model.source: '{folder}' has a config.json that no encoder can be")


def test_weights_of_another_shape_are_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.position_embeddings.weight"] = torch.zeros(9, SIZE)
    save_file(weights, folder / "model.safetensors")
    said = refusal(begun, str(folder))
    assert "embeddings.position_embeddings.weight with the shape [9, 16]" in said


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    said = refusal(PretrainedClassifier, CrossEntropy(2), 50, 20, source())
    assert said == "model: transformers is not installed: pip install 'reviewlab[pretrained]'"
