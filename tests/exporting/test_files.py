"""The files that an export writes describe themselves, and nothing else is written."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tests import handmade
from tests.exporting.classifiers import small

from reviewlab.exceptions import InputError
from reviewlab.exporting.export import export_checkpoint
from reviewlab.exporting.target import Kind, Target
from reviewlab.text.state import from_state

onnx = pytest.importorskip("onnx", reason="not here: pip install 'reviewlab[export]'")

HERE = str(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    checkpoint = handmade.save(small(), folder / "x.ckpt")
    kinds: tuple[Kind, ...] = ("onnx", "pt2")
    for kind in kinds:
        export_checkpoint(checkpoint, Target(folder / f"model.{kind}", kind))
    return folder


def test_these_files_are_written(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["model.onnx", "model.onnx.json", "model.pt2", "x.ckpt"]


def test_the_file_beside_an_onnx_file_turns_texts_into_ids(folder: Path) -> None:
    about = json.loads((folder / "model.onnx.json").read_text())
    texts = [handmade.WORDS, "not zorgon"]
    ids, offsets = from_state(about["text_encoder"]).encode(texts)
    expected = small().text_encoder.encode(texts)
    np.testing.assert_array_equal(ids, expected[0])
    np.testing.assert_array_equal(offsets, expected[1])
    assert about["labels"] == [*handmade.LABELS]
    assert about["text_encoder"]["layout"]["max_length"] == 20


def test_an_onnx_file_describes_itself(folder: Path) -> None:
    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model)
    [entry] = model.metadata_props
    about = json.loads(entry.value)
    beside = json.loads((folder / "model.onnx.json").read_text())
    del beside["text_encoder"]
    assert (entry.key, about) == ("reviewlab", beside)
    shapes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in [*model.graph.input, *model.graph.output]
    }
    assert shapes["token_ids"] == shapes["mask"] == ["batch", "time"]
    assert shapes["probabilities"] == ["batch", 3]


def test_a_pt2_file_describes_itself_and_its_text_encoder(folder: Path) -> None:
    files = {"reviewlab.json": ""}
    torch.export.load(io.BytesIO((folder / "model.pt2").read_bytes()), extra_files=files)
    assert json.loads(files["reviewlab.json"]) == json.loads(
        (folder / "model.onnx.json").read_text()
    )


@pytest.mark.parametrize("name", ["model.onnx", "model.pt2"])
def test_a_file_has_no_paths_of_this_machine(name: str, folder: Path) -> None:
    assert HERE.encode() not in (folder / name).read_bytes()


def test_layers_are_single_operations_in_onnx(folder: Path) -> None:
    operations = [node.op_type for node in onnx.load(folder / "model.onnx").graph.node]
    assert operations.count("LSTM") == 1


@pytest.mark.parametrize("kind", ["onnx", "pt2"])
def test_nothing_is_left_of_an_export_that_failed(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = handmade.save(small(), tmp_path / "x.ckpt")
    monkeypatch.setattr("reviewlab.exporting.samples.TOLERANCE", -1.0)
    with pytest.raises(InputError, match=r"^checkpoint: cannot be exported: the probabilities"):
        export_checkpoint(checkpoint, Target(tmp_path / f"model.{kind}", kind))
    assert [path.name for path in tmp_path.iterdir()] == ["x.ckpt"]


def test_what_torch_cannot_trace_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small()
    checkpoint = handmade.save(model, tmp_path / "x.ckpt")
    forward = type(model).forward

    def branch(self, token_ids, mask):
        return forward(self, token_ids, mask) * (2 if token_ids.sum() > 3 else 1)

    monkeypatch.setattr(type(model), "forward", branch)
    with pytest.raises(InputError, match=r"^checkpoint: LSTMClassifier cannot be exported, since"):
        export_checkpoint(checkpoint, Target(tmp_path / "model.onnx", "onnx"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.ckpt"]
