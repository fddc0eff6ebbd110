"""The files of a pretrained encoder's folder, and the errors for unusable ones."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.pretrained_sources import copied

from reviewlab.exceptions import InputError
from reviewlab.models.pretrained_files import (
    check_digest,
    digest_files,
    list_weights,
    read_architecture,
    read_weights,
)

NAMES = ["embeddings.word_embeddings.weight", "encoder.layer.0.attention.output.LayerNorm.weight"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a tiny BERT, for tests that change it."""
    return copied(tmp_path)


def configure(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def refusal(read: Any, *arguments: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(*arguments)
    message = str(caught.value)
    assert message.startswith("model.source: ")
    assert "\n" not in message
    return message


def test_the_architecture_is_what_the_configuration_says_of_the_encoder(folder: Path) -> None:
    configure(folder, architectures=["BertForMaskedLM"], torch_dtype="float16", id2label={"0": "a"})
    architecture = read_architecture(str(folder))
    assert architecture["model_type"] == "bert"
    assert architecture["num_hidden_layers"] == 2
    assert not {"architectures", "torch_dtype", "id2label"} & architecture.keys()


def test_code_of_others_is_refused(folder: Path) -> None:
    configure(folder, auto_map={"AutoModel": "modeling.Own"})
    assert "would run its own code (auto_map" in refusal(read_architecture, str(folder))


def test_configurations_of_no_encoder_are_refused(folder: Path) -> None:
    configure(folder, is_encoder_decoder=True)
    assert "has an encoder and a decoder (bert)" in refusal(read_architecture, str(folder))
    configure(folder, model_type=None)
    assert "without a model_type" in refusal(read_architecture, str(folder))
    (folder / "config.json").write_text("{")
    assert "cannot be read" in refusal(read_architecture, str(folder))
    (folder / "config.json").write_text("[]")
    assert "does not contain a JSON object" in refusal(read_architecture, str(folder))
    (folder / "config.json").unlink()
    assert "has no config.json" in refusal(read_architecture, str(folder))


def test_pickles_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "as a pickle (pytorch_model.bin), which could run" in refusal(list_weights, str(folder))
    (folder / "pytorch_model.bin").unlink()
    assert "has no model.safetensors" in refusal(list_weights, str(folder))


def test_weights_in_several_files_are_found_by_their_index(folder: Path) -> None:
    whole = load_file(folder / "model.safetensors")
    parts = {"model-1-of-2.safetensors": NAMES[:1], "model-2-of-2.safetensors": NAMES[1:]}
    for name, weights in parts.items():
        save_file({weight: whole[weight] for weight in weights}, folder / name)
    (folder / "model.safetensors").unlink()
    index = {weight: name for name, weights in parts.items() for weight in weights}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    weights = read_weights(str(folder), NAMES, "bert")
    assert all(torch.equal(weights[name], whole[name]) for name in NAMES)
    (folder / "model-1-of-2.safetensors").unlink()
    assert "has no model-1-of-2.safetensors" in refusal(read_weights, str(folder), NAMES, "bert")


@pytest.mark.parametrize("parts", [{}, {"a": "../../etc/passwd"}, None])
def test_an_index_that_leads_elsewhere_is_refused(folder: Path, parts: Any) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    assert "names no files, or files in other folders" in refusal(list_weights, str(folder))


def test_names_may_begin_with_the_models_and_end_as_they_once_did(folder: Path) -> None:
    path = folder / "model.safetensors"
    whole = load_file(path)
    old = {
        f"bert.{name}".replace("LayerNorm.weight", "LayerNorm.gamma"): weight
        for name, weight in whole.items()
    }
    save_file({**old, "cls.predictions.bias": torch.zeros(3)}, path)
    weights = read_weights(str(folder), NAMES, "bert")
    assert weights.keys() == {*NAMES}
    assert all(torch.equal(weights[name], whole[name]) for name in NAMES)


def test_missing_weights_are_named(folder: Path) -> None:
    wanted = [*NAMES, "encoder.layer.2.output.dense.bias", "encoder.layer.3.output.dense.bias"]
    said = refusal(read_weights, str(folder), wanted, "bert")
    assert said.endswith("lacks weights: encoder.layer.2.output.dense.bias and 1 more")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(folder: Path, value: float) -> None:
    path = folder / "model.safetensors"
    weights = load_file(path)
    weights[NAMES[0]][3, 2] = value
    save_file(weights, path)
    said = refusal(read_weights, str(folder), NAMES, "bert")
    assert said.endswith(f"has NaN or infinity among the weights of {NAMES[0]}")


@pytest.mark.parametrize("share", [0, 0.5])
def test_a_damaged_file_is_told(folder: Path, share: float) -> None:
    path = folder / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "cannot be read (" in refusal(read_weights, str(folder), NAMES, "bert")


def test_the_digest_is_that_of_the_content_and_not_of_the_place(
    folder: Path, tmp_path: Path
) -> None:
    digest = digest_files(str(folder))
    moved = shutil.move(folder, tmp_path / "elsewhere")
    assert check_digest(str(moved), digest) == digest_files(str(moved)) == digest
    configure(moved, hidden_dropout_prob=0.3)
    assert "do not match model.digest" in refusal(check_digest, str(moved), digest)
