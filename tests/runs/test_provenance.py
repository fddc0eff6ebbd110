"""The provenance of a result."""

import re
import subprocess
from pathlib import Path

import pytest

from reviewlab.runs.files import read_json
from reviewlab.runs.provenance import provenance, snapshot, software


def test_provenance_names_packages_and_command() -> None:
    facts = provenance(["train.py", "seed=1"], "cpu")
    assert facts["argv"] == ["train.py", "seed=1"]
    assert "torch" in facts["packages"]


def git(folder: Path, *arguments: str, patch: str | None = None) -> None:
    known = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *known, *arguments], input=patch, text=True, check=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of two files, as the source."""
    (tmp_path / "code.py").write_text("one = 1\n")
    (tmp_path / "latin.txt").write_bytes("caf\xe9\n".encode("latin-1"))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "all")
    monkeypatch.setattr("reviewlab.runs.provenance.SOURCE", tmp_path)
    return tmp_path


def test_what_was_not_committed_can_be_applied_as_a_patch(checkout: Path) -> None:
    (checkout / "code.py").write_text("one = 2\n")
    known = software.__wrapped__()
    assert re.fullmatch("[0-9a-f]{40}", known["commit"])
    git(checkout, "apply", "--reverse", patch=known["diff"])
    assert (checkout / "code.py").read_text() == "one = 1\n"


def test_a_change_in_any_encoding_is_kept_as_well_as_it_can_be(checkout: Path) -> None:
    (checkout / "latin.txt").write_bytes("th\xe9\n".encode("latin-1"))
    assert "+th\ufffd\n" in software.__wrapped__()["diff"]


def test_an_installed_package_takes_no_commit_from_the_checkout_around_it(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.runs.provenance.PACKAGE", checkout / "site-packages" / "it")
    known = software.__wrapped__()
    assert known["commit"] is None
    assert known["diff"] is None


def test_a_copy_of_the_package_is_shared_by_who_has_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / "code.pyc").write_bytes(b"")
    (package / "code.py").write_text("one = 1\n")
    monkeypatch.setattr("reviewlab.runs.provenance.PACKAGE", package)
    first = snapshot(tmp_path / "code")
    assert first == tmp_path / "code" / first.parent.name / "src"
    assert [path.name for path in first.rglob("*")] == ["package", "code.py"]
    origin = read_json(first.parent / "snapshot.json")
    assert origin == {
        "snapshot": first.parent.name,
        **{key: software()[key] for key in ("commit", "diff")},
    }
    assert snapshot(tmp_path / "code") == first
    (package / "code.py").write_text("one = 2\n")
    assert snapshot(tmp_path / "code") != first
    assert len([*(tmp_path / "code").iterdir()]) == 2
