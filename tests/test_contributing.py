"""The how-to guides name the files in which a model, a data set and a text encoder are added.

`tests/added/` contains such files in the layout of the repository. They are copied into a copy of
it, whose tests have to find them, and which has to train with them.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ADDED = ROOT / "tests" / "added"
COPIED = ("src", "conf", "tests", "scripts", "pyproject.toml", "README.md", "CONTRIBUTING.md")
NAMES = {"nn": "AddedEncoder", "models": "AddedClassifier"}
"""The class to export from the `__init__.py` of each package."""

FINDERS = [
    *("tests/models/test_architectures.py", "tests/nn/test_encoders.py"),
    *("tests/text/test_state.py", "tests/config/test_signatures.py"),
    *("tests/conf/test_files.py", "tests/conf/test_data_options.py"),
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / "CONTRIBUTING.md").exists(), reason="not in a checkout"),
]


def named_files(page: str, title: str) -> set[str]:
    """Return the files to write or change for an addition, according to a section of a guide."""
    text = (ROOT / "docs" / "howto" / page).read_text(encoding="utf-8")
    [section] = re.findall(rf"^#+ {title}$(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    paths = re.findall(r"`((?:src|conf)/[^`]*(?:<name>\.\w+|__init__\.py))`", section)
    return {path.replace("<name>", "added") for path in paths}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with everything added."""
    target = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, symlinks=True, ignore=ignored)
        else:
            shutil.copyfile(ROOT / name, target / name)
    for folder in ("src", "conf"):
        shutil.copytree(ADDED / folder, target / folder, dirs_exist_ok=True, ignore=ignored)
    for package, name in NAMES.items():
        with (target / "src" / "reviewlab" / package / "__init__.py").open("a") as file:
            file.write(f"from reviewlab.{package}.added import {name}\n__all__ += [{name!r}]\n")
    return target


def run(copy: Path, *arguments: str) -> str:
    """Run Python in the copy and return its output."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_files_are_those_that_are_named() -> None:
    made = {str(path.relative_to(ADDED)) for path in ADDED.rglob("added.*") if path.is_file()}
    changed = {f"src/reviewlab/{package}/__init__.py" for package in NAMES}
    named = [
        named_files("add_model.md", "Add a model"),
        named_files("add_data.md", "Add a data set"),
        named_files("add_data.md", "Add a text encoder"),
    ]
    assert all(named)
    assert set.union(*named) == made | changed


def test_the_tests_find_what_was_added(copy: Path) -> None:
    chosen = "added or public or has_a_yaml"
    said = run(
        copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", chosen, *FINDERS
    )
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 50
    assert "failed" not in said


def test_it_trains_and_predicts_with_what_was_added(copy: Path) -> None:
    lines = [f"{label} {label} film {i}" for i in range(60) for label in ("good", "bad")]
    (copy / "reviews.txt").write_text("\n".join(lines), encoding="utf-8")
    choices = ["model=added", "data=added", "data/text=added", "data.source=reviews.txt"]
    run(copy, "scripts/train.py", *choices, "name=a", "trainer.max_epochs=1", "outputs=out")
    [folder] = (copy / "out" / "runs").iterdir()
    said = run(copy, "scripts/predict.py", f"checkpoint={folder}", "text=good")
    assert said.startswith("prediction: ")
