"""`scripts/export.py`: a checkpoint as ONNX, as .pt2 or as a folder."""

from pathlib import Path

import pytest
from tests import handmade
from tests.cli.processes import script
from tests.models.test_pretrained import classifier as pretrained
from tests.pretrained_sources import copied

from reviewlab.cli.export import main

pytest.importorskip("onnxscript", reason="not here: pip install 'reviewlab[export]'")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return handmade.save(handmade.classifier(), tmp_path / "x.ckpt")


@pytest.mark.parametrize(
    ("output", "written"),
    [
        ("model.onnx", "model.onnx, model.onnx.json"),
        ("model.pt2", "model.pt2"),
        ("model/", "model"),
    ],
)
def test_it_names_what_it_wrote_and_warns_of_nothing(
    output: str, written: str, checkpoint: Path, tmp_path: Path
) -> None:
    done = script("export", tmp_path, f"checkpoint={checkpoint}", f"output={output}")
    assert (done.code, done.err) == (0, "")
    first, second = done.out.splitlines()
    assert first == f"-> {written}"
    assert second.startswith("its probabilities differ from the checkpoint's by at most ")


def test_predict_takes_the_folder(checkpoint: Path, tmp_path: Path) -> None:
    assert script("export", tmp_path, f"checkpoint={checkpoint}", "output=model").code == 0
    done = [
        script("predict", tmp_path, f"checkpoint={one}", "text=a dull film")
        for one in (checkpoint, "model")
    ]
    assert done[0].out == done[1].out != ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["output=model.onnx"], "checkpoint: missing"),
        (["checkpoint=gone.ckpt", "output=model.onnx"], "checkpoint: 'gone.ckpt' does not exist"),
        (["checkpoint=x.ckpt"], "output: missing"),
        (["checkpoint=x.ckpt", "output=model.bin"], "output: 'model.bin' is not allowed"),
        (["checkpoint=x.ckpt", "output=full"], "output: 'full' is not empty"),
        (["checkpoint=x.ckpt", "output=model", "decision=mean"], "decision: no such key"),
    ],
)
def test_refused_in_one_line(arguments, problem, checkpoint, tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert problem in refused(main, arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "x.ckpt"]


@pytest.mark.parametrize("output", ["model.onnx", "model"])
def test_adapters_without_their_base_are_refused(output, tmp_path, monkeypatch, refused):
    monkeypatch.chdir(tmp_path)
    source = copied(tmp_path)
    made = pretrained(source=str(source), train="lora", keep_base=False)
    handmade.save(made, tmp_path / "lora.ckpt")
    (source / "model.safetensors").unlink()
    # without the digest of the source nothing is checked before the weights are missing
    line = refused(main, ["checkpoint=lora.ckpt", f"output={output}"])
    assert "lacks the weights of its base, which cannot be read" in line
    assert not (tmp_path / output).exists()
