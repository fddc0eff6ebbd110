"""What `output=` names, and what is refused before the checkpoint is loaded."""

import re
from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.exporting.target import LIBRARIES, parse_target


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reviewlab.exporting.target.find_spec", lambda name: name)
    return tmp_path


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("model.onnx", "onnx"),
        ("model.pt2", "pt2"),
        ("model", "folder"),
        ("model/", "folder"),
        ("v1.5/", "folder"),
        ("model.onnx/", "folder"),
    ],
)
def test_the_suffix_names_the_kind(output: str, kind: str, here: Path) -> None:
    target = parse_target(output)
    assert (target.kind, target.path) == (kind, here / output)


def test_an_empty_folder_is_written_to_whatever_its_name(here: Path) -> None:
    (here / "v1.5").mkdir()
    assert parse_target("v1.5").kind == "folder"


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        (None, "output: missing; give a .onnx file, a .pt2 file, or a folder"),
        ("", "output: missing"),
        ("model.bin", "output: 'model.bin' is not allowed; allowed: a .onnx file, a .pt2 file, or"),
        ("model.ckpt", "output: 'model.ckpt' is not allowed"),
        ("none/model.onnx", "output: the folder of 'none/model.onnx' does not exist"),
        ("none/model/", "output: the folder of 'none/model/' does not exist"),
        ("full", "output: 'full' is not empty; allowed: an empty folder, or one that does not"),
        ("full/", "output: 'full/' is not empty"),
        ("file/", "output: 'file/' is a file"),
        ("file", "output: 'file' is a file"),
    ],
)
def test_refused_in_one_line(output: str | None, problem: str, here: Path) -> None:
    (here / "full").mkdir()
    (here / "full" / "x").touch()
    (here / "file").touch()
    with pytest.raises(InputError, match=f"^{re.escape(problem)}"):
        parse_target(output)


@pytest.mark.parametrize(
    ("output", "library"),
    [(o, library) for o, k in [("a.onnx", "onnx"), ("a/", "folder")] for library in LIBRARIES[k]],
)
def test_a_missing_package_is_refused(
    output: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "reviewlab.exporting.target.find_spec", lambda name: None if name == library else name
    )
    with pytest.raises(InputError) as caught:
        parse_target(output)
    assert f"needs {library}, which is not installed: pip install 'reviewlab[export]'" in str(
        caught.value
    )


def test_a_pt2_file_needs_torch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewlab.exporting.target.find_spec", lambda name: None)
    assert parse_target("model.pt2").kind == "pt2"
