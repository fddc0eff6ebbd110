"""`reviewlab schema`: schemas in a folder, and the line that names one of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.schemas.validation import all_schemas

from reviewlab.cli import schema


@pytest.fixture
def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(schema, "make_all", all_schemas)  # they take seconds
    schema.main(["--output", "mine/schemas"])
    return capsys.readouterr().out


def test_they_go_into_a_folder(written: str, tmp_path: Path) -> None:
    made: dict[str, Any] = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "mine" / "schemas").iterdir()
    }
    assert made.keys() == all_schemas().keys()
    assert all(f"  {name}.json " in written for name in made)
    assert "$schema=../schemas/model.json" in written
    assert written.startswith(f"{len(made)} schemas -> mine/schemas\n")
    assert max(map(len, written.splitlines())) <= 80


def test_a_reference_to_another_file_leads_somewhere() -> None:
    schemas = all_schemas()

    def references(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(references, node))
        if not isinstance(node, dict):
            return set()
        inner = references([*node.values()])
        return inner | {node["$ref"]} if isinstance(node.get("$ref"), str) else inner

    for name, content in schemas.items():
        for address in references(content):
            file, _, place = address.partition("#/definitions/")
            target = schemas[file.removesuffix(".json") or name]
            assert not place or place in target["definitions"]


def test_a_file_is_no_folder(tmp_path: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "x").write_text("")
    assert "is a file; allowed: a folder" in refused(schema.main, ["--output", str(tmp_path / "x")])
