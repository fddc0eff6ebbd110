"""Everything that a config may name is found, under the names that the command takes."""

import re
from pathlib import Path

import pytest
from tests.example_plugin import MODULE, installed

from reviewlab.config.compose import CONFIGS
from reviewlab.config.signatures import locate
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.schemas.factories import list_factories
from reviewlab.schemas.parts import Definitions

NAMED = {
    target
    for path in CONFIGS.rglob("*.yaml")
    for target in re.findall(r"^ *_target_: *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    if not target.startswith("hydra_plugins.")
}


def test_every_target_of_a_yaml_is_found_by_the_name_that_is_offered() -> None:
    assert {factory.names[0] for factory in list_factories()} >= NAMED


def test_the_command_takes_every_name() -> None:
    for factory in list_factories():
        for name in factory.names:
            assert locate(name, "x") is factory.call


def test_what_needs_objects_of_python_is_not_offered() -> None:
    definitions = Definitions(ReviewClassifier)
    definitions.refer(ReviewClassifier)
    assert "reviewlab.models.LSTMClassifier" in definitions.by_name
    assert "reviewlab.models.EnsembleClassifier" not in definitions.by_name
    assert "reviewlab.models.ReviewClassifier" not in definitions.by_name


def test_classes_of_a_package_are_found_where_it_is_installed(tmp_path: Path) -> None:
    with installed(tmp_path):
        found = list_factories.__wrapped__()
    assert {f.names[0] for f in found if f.makes(ReviewClassifier)} >= {f"{MODULE}.MeanClassifier"}
    assert not any(f.names[0].startswith(MODULE) for f in list_factories())


def test_a_package_that_is_broken_is_one_line(tmp_path: Path) -> None:
    with installed(tmp_path) as file:
        file.write_text("1 / 0")
        with pytest.raises(InputError, match=r"^reviewlab-example 0\.3: cannot .*: ZeroDivision"):
            list_factories.__wrapped__()
