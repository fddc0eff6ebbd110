"""The choices of a group are the files in its folder."""

from reviewlab.config.choices import choices_with, list_choices
from reviewlab.config.compose import CONFIGS


def test_a_folder_is_offered_unless_it_is_a_group_of_its_own() -> None:
    assert list_choices(CONFIGS, "data") == ["demo", "imdb", "mnist", "netflix", "table"]
    assert list_choices(CONFIGS, "data/text") == ["bpe", "ngrams", "pretrained", "words"]
    assert "lessons/gru" in list_choices(CONFIGS, "sweep")
    assert "imdb/adam" in list_choices(CONFIGS, "experiment")


def test_a_key_belongs_to_the_choices_whose_files_have_it() -> None:
    assert choices_with("model.num_heads", CONFIGS, ["model"]) == ["model=transformer"]
    assert choices_with("model.num_heads", CONFIGS, ["data"]) == []
    assert choices_with("seed", CONFIGS, ["model"]) == []
