"""The yaml files of conf/: each names its schema, and holds what that allows."""

import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.schemas.validation import all_schemas, read_yaml, validator

from reviewlab.config.compose import CONFIGS

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob("*.yaml"))
OF_PACKAGE = {"_global_": "experiment", "data.text": "text"}
OF_FOLDER = {"data/text": "text"}
OF_FILE = {"train.yaml": "experiment"}
WRITTEN_WITH = ("torch", "pytorch-lightning")
"""Packages of others whose signatures and docstrings are in the schemas."""


def expected(file: str, text: str) -> str:
    """The schema of a file, by what Hydra makes of it."""
    if package := re.match(r"# @package (\S+)\n", text):
        return OF_PACKAGE.get(package[1], package[1])
    folder = file.rpartition("/")[0]
    if not folder:
        return OF_FILE.get(file, file.removesuffix(".yaml"))
    return OF_FOLDER.get(folder) or folder.removeprefix("hydra/")


@pytest.mark.parametrize("file", FILES)
def test_a_file_names_its_schema_and_holds_what_that_allows(file: str) -> None:
    text = (CONFIGS / file).read_text(encoding="utf-8")
    named = re.match(r"(?:# @package \S+\n)?# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    schema = (CONFIGS / file).parent / named[1]
    assert schema.resolve() == CONFIGS / "schemas" / f"{expected(file, text)}.json"
    errors = validator(schema.stem).iter_errors(read_yaml(text))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("file", FILES)
def test_hydra_reads_the_package_above_the_schema(file: str) -> None:
    text = (CONFIGS / file).read_text(encoding="utf-8")
    assert "\n# @package" not in text  # there Hydra does not look for it


@pytest.mark.skipif(not (ROOT / "constraints.txt").exists(), reason="not in a checkout")
def test_the_schemas_of_conf_are_up_to_date() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not all(f"{name}=={version(name).partition('+')[0]}" in pins for name in WRITTEN_WITH):
        pytest.skip("their signatures may be others in the versions that are installed")
    written = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (CONFIGS / "schemas").glob("*.json")
    }
    made = json.loads(json.dumps(all_schemas()))
    assert written == made, "write them again: .venv/bin/reviewlab schema"
