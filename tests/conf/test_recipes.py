"""Every experiment called `best` holds out validation reviews."""

import pytest

from reviewlab.config.compose import CONFIGS, compose_config

EXPERIMENTS = CONFIGS / "experiment"
RECIPES = sorted(
    str(path.relative_to(EXPERIMENTS).with_suffix("")) for path in EXPERIMENTS.rglob("best*.yaml")
)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_chooses_its_epoch_on_reviews_that_it_holds_out(name: str) -> None:
    config = compose_config("train", [f"experiment={name}"])
    assert config["data"]["validation"] > 0
    assert config["monitor"].startswith("val/")


def test_no_text_of_the_netflix_recipe_stands_on_two_sides() -> None:
    data = compose_config("train", ["experiment=netflix/best"])["data"]
    assert data["split"] == "grouped"
    assert data["test"] > 0
