"""The options that all data sets share are written once in Python and once in yaml."""

from dataclasses import MISSING, fields
from typing import Any

import pytest
from omegaconf import OmegaConf
from tests.conf.mandatory import mandatory

from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.signatures import list_arguments, locate
from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.module import DataModule


def defaults_of(base: type) -> dict[str, Any]:
    """Map each option of a base class to its default."""
    return {field.name: field.default for field in fields(base) if field.init}


DATA_SETS = sorted(path.stem for path in (CONFIGS / "data").glob("*.yaml"))


def read(file: str) -> dict[str, Any]:
    content = OmegaConf.to_container(OmegaConf.load(CONFIGS / file), resolve=False)
    return {str(key): value for key, value in dict(content).items()}  # type: ignore[arg-type]


def base_of(node: dict[str, Any]) -> type:
    """Return the base class of a data set: that of reviews, or that of all data sets."""
    kind: Any = locate(node["_target_"], "data")
    return ReviewDataModule if issubclass(kind, ReviewDataModule) else DataModule


def test_the_shared_files_have_the_defaults_of_the_base_classes() -> None:
    shared = read("split_options.yaml")
    assert shared.pop("seed") == "${seed}"
    options = defaults_of(DataModule)
    assert shared == {name: default for name, default in options.items() if name != "seed"}
    reviews = read("data_options.yaml")
    assert reviews.pop("defaults") == ["/split_options", "_self_"]
    more = {n: v for n, v in defaults_of(ReviewDataModule).items() if n not in options}
    assert more.pop("text") is MISSING  # it comes from the group data/text
    assert reviews == more


@pytest.mark.parametrize("name", DATA_SETS)
def test_every_data_set_takes_and_sets_every_shared_option(name: str) -> None:
    node = compose_config("train", [f"data={name}", *mandatory(f"data/{name}.yaml")])["data"]
    own = list_arguments(locate(node["_target_"], "data"), "data")
    base = list_arguments(base_of(node), "data")
    for option in defaults_of(base_of(node)):
        assert own[option].annotation == base[option].annotation
        assert option in node


@pytest.mark.parametrize("name", DATA_SETS)
def test_a_data_set_names_a_shared_option_only_for_another_default(name: str) -> None:
    settings = read(f"data/{name}.yaml")
    target: Any = locate(settings["_target_"], "data")
    defaults = {field.name: field.default for field in fields(target)}
    shared = defaults_of(base_of(settings))
    repeated = shared.keys() & target.__annotations__
    assert repeated == shared.keys() & settings.keys() - {"text"}
    for option in repeated:
        assert settings[option] == defaults[option] != shared[option]
