"""A classifier of images is exported in all forms, with the same probabilities."""

import json
from pathlib import Path

import pytest
import torch
from tests import handmade
from tests.exporting.classifiers import sharpen

from reviewlab.data.batch import Batch, Pixels
from reviewlab.exporting.export import export_checkpoint
from reviewlab.exporting.onnx_file import onnx_predictor
from reviewlab.exporting.program_file import pt2_predictor
from reviewlab.exporting.samples import classify
from reviewlab.exporting.target import parse_target
from reviewlab.models import ImageCNNClassifier, ReviewClassifier, load_classifier
from reviewlab.nn import CrossEntropy

pytest.importorskip("onnxscript", reason="not here: pip install 'reviewlab[export]'")


@pytest.fixture(scope="module")
def model() -> ReviewClassifier:
    with torch.random.fork_rng():
        torch.manual_seed(2)
        made = ImageCNNClassifier(CrossEntropy(10), [28, 28], [4, 6], hidden_size=16)
    made.describe(None, [*map(str, range(10))], {}, ordinal=False)
    sharpen(made)
    return made.eval()


@pytest.mark.parametrize(("name", "reader"), [("m.onnx", onnx_predictor), ("m.pt2", pt2_predictor)])
def test_a_file_has_the_same_probabilities_for_any_number(name, reader, model, tmp_path) -> None:
    exported = export_checkpoint(handmade.save(model, tmp_path / "a.ckpt"), target(tmp_path / name))
    assert exported.difference <= 1e-5
    predict = reader((tmp_path / name).read_bytes())
    for count in (1, 2, 7):
        batch = Batch(Pixels(torch.rand(count, 1, 28, 28)), torch.zeros(count).long())
        expected = classify(model, batch)
        torch.testing.assert_close(predict(batch), expected, atol=1e-5, rtol=0)
    assert expected.std() > 0.01


def target(path: Path):
    return parse_target(str(path))


def test_the_description_names_the_images(model, tmp_path: Path) -> None:
    export_checkpoint(handmade.save(model, tmp_path / "a.ckpt"), target(tmp_path / "m.onnx"))
    about = json.loads((tmp_path / "m.onnx.json").read_text())
    assert about["inputs"].keys() == {"images"}
    assert about["inputs"]["images"]["shape"] == ["batch", 1, 28, 28]
    assert "text_encoder" not in about


def test_a_folder_is_loaded_again(model, tmp_path: Path) -> None:
    export_checkpoint(handmade.save(model, tmp_path / "a.ckpt"), target(tmp_path / "folder"))
    images = torch.rand(3, 1, 28, 28)
    assert torch.equal(load_classifier(tmp_path / "folder")(images), model(images))
    card = (tmp_path / "folder" / "README.md").read_text()
    assert "pipeline_tag: image-classification" in card
    assert "An image classifier with" in card and "`predict`" not in card
