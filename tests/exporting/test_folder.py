"""An exported folder is a checkpoint in other files."""

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from tests import handmade
from tests.exporting.classifiers import LENGTHS, small
from tests.models.test_ensemble import different
from tests.models.test_pretrained import classifier as pretrained

from reviewlab.evaluation.find import find_checkpoint
from reviewlab.exceptions import InputError
from reviewlab.explaining.scoring import score
from reviewlab.exporting.export import export_checkpoint
from reviewlab.exporting.samples import classify, make_batch
from reviewlab.exporting.target import Target
from reviewlab.models import ReviewClassifier, load_classifier
from reviewlab.models.ensemble import combine
from reviewlab.text.words import WordEncoder

FILES = ["README.md", "config.json", "labels.json", "model.safetensors", "text_encoder.json"]
TEXTS = ["a dull film", "slow start, but worth it", "", "zorgon not bad", f"{handmade.WORDS} good"]


def exported(model: ReviewClassifier, folder: Path) -> Path:
    checkpoint = handmade.save(model, folder / "x.ckpt")
    export_checkpoint(checkpoint, Target(folder / "model", "folder"))
    return folder / "model"


def test_it_has_weights_text_encoder_labels_config_and_card(tmp_path: Path) -> None:
    model = small()
    folder = exported(model, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "x.ckpt"]
    assert json.loads((folder / "labels.json").read_text()) == ["bad", "so-so", "good"]
    with safe_open(folder / "model.safetensors", "pt") as file:
        assert {*file.keys()} == {*model.state_dict()}


def test_it_loads_as_the_same_classifier(tmp_path: Path) -> None:
    model = small()
    loaded = load_classifier(exported(model, tmp_path))
    assert loaded.text_encoder.state() == model.text_encoder.state()
    assert dict(loaded.hparams) == dict(model.hparams)
    assert (score(loaded, TEXTS).probabilities == score(model, TEXTS).probabilities).all()


def test_commands_take_it_as_a_checkpoint(tmp_path: Path) -> None:
    folder = exported(small(), tmp_path)
    assert find_checkpoint(str(folder)) == str(folder)


def test_words_that_are_not_utf_8_are_kept(tmp_path: Path) -> None:
    text = WordEncoder()
    model = small(text=text)
    text.fit(["half \ud83d a"])
    model.describe(text, model.label_names, {})
    loaded = load_classifier(exported(model, tmp_path)).text_encoder
    assert isinstance(loaded, WordEncoder)
    assert loaded.words == ["half", "\ud83d", "a"]


def test_an_ensemble_goes_to_a_folder(tmp_path: Path) -> None:
    ensemble = combine(dict.fromkeys(different(), 1), {})
    loaded = load_classifier(exported(ensemble, tmp_path))
    expected = score(ensemble, TEXTS).probabilities
    assert score(loaded, TEXTS).probabilities == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", ["onnx", "pt2"])
def test_an_ensemble_does_not_go_to_a_file(kind: str, tmp_path: Path) -> None:
    ensemble = combine(dict.fromkeys(different(), 1), {})
    checkpoint = handmade.save(ensemble, tmp_path / "x.ckpt")
    with pytest.raises(InputError, match=r"^output: an ensemble cannot be exported to one file"):
        export_checkpoint(checkpoint, Target(tmp_path / "model", kind))
    assert [path.name for path in tmp_path.iterdir()] == ["x.ckpt"]


def test_adapters_are_merged(tmp_path: Path) -> None:
    model = pretrained(train="lora")
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_" in name:
                weight.normal_(generator=torch.Generator().manual_seed(1))
    loaded = load_classifier(exported(model, tmp_path))
    assert not any("lora_" in name or "base_layer" in name for name in loaded.state_dict())
    for lengths in LENGTHS:
        batch = make_batch(model.text_encoder, lengths)
        torch.testing.assert_close(classify(loaded, batch), classify(model, batch))


def test_weights_of_a_base_elsewhere_are_written_too(tmp_path: Path) -> None:
    model = pretrained(train="head", keep_base=False)
    folder = exported(model, tmp_path)
    with safe_open(folder / "model.safetensors", "pt") as file:
        assert {*file.keys()} == {*model.state_dict()}
    assert load_classifier(folder).state_dict().keys() == model.state_dict().keys()


def test_weights_from_a_pipe_are_not_waited_for(tmp_path: Path) -> None:
    folder = exported(small(), tmp_path)
    (folder / "model.safetensors").unlink()
    os.mkfifo(folder / "model.safetensors")
    with pytest.raises(InputError, match=r"model.safetensors is not a regular file"):
        load_classifier(folder)


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    folder = exported(small(), tmp_path)
    (folder / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"^checkpoint: .* has a damaged or missing file"):
        load_classifier(folder)


def test_nothing_is_left_of_an_export_with_other_probabilities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = handmade.save(small(), tmp_path / "x.ckpt")
    monkeypatch.setattr("reviewlab.exporting.export.classify", lambda *_: torch.zeros(1, 3))
    with pytest.raises(InputError, match=r"^checkpoint: cannot be exported: the probabilities"):
        export_checkpoint(checkpoint, Target(tmp_path / "model", "folder"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.ckpt"]
