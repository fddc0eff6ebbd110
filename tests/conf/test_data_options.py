"""The options that all data sets share are written once in Python and once in yaml."""

from dataclasses import MISSING, fields
from typing import Any

import pytest
from omegaconf import OmegaConf
from tests.conf.mandatory import mandatory

from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.signatures import list_arguments, locate
from reviewlab.data.datamodule import ReviewDataModule

SHARED = {field.name: field.default for field in fields(ReviewDataModule) if field.init}
DATA_SETS = sorted(path.stem for path in (CONFIGS / "data").glob("*.yaml"))


def read(file: str) -> dict[str, Any]:
    content = OmegaConf.to_container(OmegaConf.load(CONFIGS / file), resolve=False)
    return {str(key): value for key, value in dict(content).items()}  # type: ignore[arg-type]


def test_the_shared_yaml_has_the_defaults_of_the_base_class() -> None:
    settings = read("data_options.yaml")
    assert settings.pop("seed") == "${seed}"
    assert settings == {
        name: default for name, default in SHARED.items() if name not in ("seed", "text")
    }
    assert SHARED["text"] is MISSING  # it comes from the group data/text


@pytest.mark.parametrize("name", DATA_SETS)
def test_every_data_set_takes_and_sets_every_shared_option(name: str) -> None:
    node = compose_config("train", [f"data={name}", *mandatory(f"data/{name}.yaml")])["data"]
    own = list_arguments(locate(node["_target_"], "data"), "data")
    base = list_arguments(ReviewDataModule, "data")
    for option in SHARED:
        assert own[option].annotation == base[option].annotation
        assert option in node


@pytest.mark.parametrize("name", DATA_SETS)
def test_a_data_set_names_a_shared_option_only_for_another_default(name: str) -> None:
    settings = read(f"data/{name}.yaml")
    target: Any = locate(settings["_target_"], "data")
    defaults = {field.name: field.default for field in fields(target)}
    repeated = SHARED.keys() & target.__annotations__
    assert repeated == SHARED.keys() & settings.keys() - {"text"}
    for option in repeated:
        assert settings[option] == defaults[option] != SHARED[option]
