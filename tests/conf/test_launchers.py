"""Every file in `conf/hydra/launcher/`, found by search, says all that its class takes."""

import inspect
from typing import Any

import pytest
import yaml
from tests.conf.first_comment import first_comment

from reviewlab.config.bind import bind
from reviewlab.config.compose import CONFIGS
from reviewlab.config.part import TARGET
from reviewlab.config.signatures import locate
from reviewlab.config.sweep_request import HydraNode
from reviewlab.exceptions import InputError

FOLDER = CONFIGS / "hydra" / "launcher"
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def node(name: str) -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return said


@pytest.mark.parametrize("name", FILES)
def test_opens_with_the_command_that_runs_it(name: str) -> None:
    first = first_comment(FOLDER / f"{name}.yaml")
    assert first.startswith("# ")
    assert f"python scripts/train.py -m hydra/launcher={name}" in first


@pytest.mark.parametrize("name", FILES)
def test_every_key_stands_there_with_its_default(name: str) -> None:
    said = node(name)
    launcher = locate(said.pop(TARGET), "hydra.launcher")
    assert said.keys() == inspect.signature(launcher).parameters.keys()
    assert vars(launcher(**said)) == vars(launcher())


@pytest.mark.parametrize("name", FILES)
def test_a_misspelt_key_is_refused(name: str) -> None:
    said = node(name)
    bind({"launcher": said}, HydraNode, "hydra")
    for key in said.keys() - {TARGET}:
        with pytest.raises(
            InputError, match=rf"^hydra\.launcher\.{key}x: no such key; did you mean"
        ):
            bind({"launcher": {**said, f"{key}x": said[key]}}, HydraNode, "hydra")
