"""The file or folder that an export writes, checked without torch."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from reviewlab.exceptions import InputError

Kind = Literal["onnx", "pt2", "folder"]

FILES: dict[str, Kind] = {".onnx": "onnx", ".pt2": "pt2"}
"""The suffixes of files, and the kind of each."""

ALLOWED = "a .onnx file, a .pt2 file, or a folder, whose name ends in /"

LIBRARIES: dict[Kind, tuple[str, ...]] = {
    "onnx": ("onnx", "onnxscript", "onnxruntime"),
    "pt2": (),
    "folder": ("safetensors",),
}
"""The packages of the extra `export` that each kind needs."""


@dataclass(frozen=True)
class Target:
    """The file or folder to write.

    Attributes:
        path: the file or folder, absolute.
        kind: the form of the export.
    """

    path: Path
    kind: Kind


def parse_target(output: str | None) -> Target:
    """Check that an output can be written, and find out its kind.

    Args:
        output: the path as given: a file with a known suffix, or a folder.

    Raises:
        InputError: the path is missing or of no known kind, its folder does not exist, the folder
            to write is not empty, or a package is not installed.
    """
    if not output:
        raise InputError(f"output: missing; give {ALLOWED}")
    path = Path(output)
    kind = _kind_of(output)
    if not path.resolve().parent.is_dir():
        raise InputError(f"output: the folder of {output!r} does not exist")
    if kind == "folder":
        _refuse_full(output)
    _refuse_missing(kind)
    return Target(path.resolve(), kind)


def _kind_of(output: str) -> Kind:
    path = Path(output)
    if output.endswith("/") or path.is_dir() or not path.suffix:
        return "folder"
    kind = FILES.get(path.suffix)
    if kind is None:
        raise InputError(f"output: {output!r} is not allowed; allowed: {ALLOWED}")
    return kind


def _refuse_full(output: str) -> None:
    path = Path(output)
    if path.exists() and not path.is_dir():
        raise InputError(f"output: {output!r} is a file; allowed: {ALLOWED}")
    if path.is_dir() and any(path.iterdir()):
        raise InputError(
            f"output: {output!r} is not empty; allowed: an empty folder, or one that does not exist"
        )


def _refuse_missing(kind: Kind) -> None:
    for library in LIBRARIES[kind]:
        if find_spec(library) is None:
            what = "a folder" if kind == "folder" else f"a .{kind} file"
            raise InputError(
                f"output: {what} needs {library}, which is not installed: "
                "pip install 'reviewlab[export]'"
            )
