"""The generated reference has every key of `conf/`, with a type and a description."""

import re
from pathlib import Path

import pytest
from tests.conf.test_files import keys_of

from config_files import ConfigFile, choices
from config_keys import SCHEMAS
from config_reference import describe_group, describe_primary
from generated import PLACE
from reviewlab.config.compose import CONFIGS

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \| (.*?) \| (.*) \|$", re.MULTILINE)
FILES = sorted(
    str(path.relative_to(CONFIGS))
    for path in CONFIGS.rglob("*.yaml")
    if path.parent.name not in ("files", "help", "jobs")  # Hydra's own settings
)

GROUPS = {ConfigFile(file.removesuffix(".yaml")).group for file in FILES} - {"", "texts"}

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="not in a checkout")


@pytest.fixture(scope="module")
def pages() -> str:
    """Everything that is generated for the pages of the reference."""
    makers = {"group": describe_group, "keys": describe_primary}
    marks = [
        mark
        for page in sorted(REFERENCE.glob("*.md"))
        for mark in PLACE.findall(page.read_text(encoding="utf-8"))
        if mark[0] in makers
    ]
    return "\n".join(makers[kind](name) for kind, name in marks)


def test_every_group_and_every_command_has_a_place() -> None:
    marks = [
        mark
        for page in REFERENCE.glob("*.md")
        for mark in PLACE.findall(page.read_text(encoding="utf-8"))
    ]
    assert {name for kind, name in marks if kind == "group"} == GROUPS
    assert {name for kind, name in marks if kind == "keys"} == {*SCHEMAS}


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_in_the_reference(file: str, pages: str) -> None:
    keys = [key for key in keys_of(file) if not key.endswith("_target_") and key not in GROUPS]
    documented = {name for name, *_ in ROW.findall(pages)}
    for key in keys:
        # a mapping that is written out is one key: `sweep.grid`, `data.label_map`
        parents = {key[:place] for place in range(len(key)) if key[place] == "."}
        assert {key, *parents} & documented, key


def test_every_choice_is_in_the_reference(pages: str) -> None:
    for group in GROUPS:
        for file in choices(group):
            assert f"## `{group}={file.choice}`" in pages


def test_every_key_says_what_is_allowed(pages: str) -> None:
    rows = ROW.findall(pages)
    assert len(rows) > 300
    assert [name for name, allowed, _, _ in rows if not allowed] == []


def test_a_row_has_type_default_and_description(pages: str) -> None:
    rows = {name: row for name, *row in ROW.findall(pages)}
    assert rows["hydra.launcher.time"][:2] == [r"a whole number \>= 1", "`60`"]
    assert rows["model.source"][:2] == ["a string", "required"]
    assert rows["data.grammar_seed"][2].startswith("random seed for generating the reviews")
