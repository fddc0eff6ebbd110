"""The package as it is now, kept for jobs that start later."""

import hashlib
import shutil
from pathlib import Path

from reviewlab.runs.files import write_json
from reviewlab.runs.provenance import SNAPSHOT, software

PACKAGE = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


def snapshot(folder: Path) -> Path:
    """Copy the package below `folder`; what is to stand on PYTHONPATH.

    A copy is named after its content, so that a sweep that goes on with the same code shares it.
    Its `snapshot.json` says where it comes from, and runs copy that into their `provenance.json`.
    """
    digest = _digest()
    copy = folder / digest
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{digest}.tmp"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(PACKAGE, unfinished / "src" / PACKAGE.name, ignore=LEFT_OUT)
        from_where = {key: software()[key] for key in ("commit", "diff")}
        write_json(unfinished / SNAPSHOT, {"snapshot": digest, **from_where})
        unfinished.rename(copy)
    return copy / "src"


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{file.relative_to(PACKAGE)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
