"""Precedence is always: group files < experiment < debug < command line."""

from importlib import resources
from pathlib import Path

import pytest
from tests.config.refusals import line

from reviewlab.config.check import check_config
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.runs.folder import RunFolder

EXPERIMENT = "experiment=imdb/lstm_masked"


def test_an_experiment_is_stronger_than_the_files_of_its_groups() -> None:
    assert compose_config("train", ["data=imdb"])["data"]["text"]["max_length"] != 100
    config = compose_config("train", [EXPERIMENT])
    assert config["data"]["text"]["max_length"] == 100
    assert config["trainer"]["max_epochs"] == 100


def test_debug_is_stronger_than_an_experiment() -> None:
    assert compose_config("train", [EXPERIMENT, "debug=limit"])["trainer"]["max_epochs"] == 1


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_the_command_line_is_stronger_than_everything(order: slice) -> None:
    overrides = [EXPERIMENT, "debug=limit", "trainer.max_epochs=7", "data.text.max_length=9"]
    config = compose_config("train", overrides[order])
    assert config["trainer"]["max_epochs"] == 7
    assert config["data"]["text"]["max_length"] == 9


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_a_choice_on_the_command_line_is_stronger_than_the_experiments(order: slice) -> None:
    config = compose_config("train", [EXPERIMENT, "optimizer=sgd"][order])
    assert config["optimizer"]["_target_"] == "torch.optim.SGD"


def test_the_books_lstm_is_what_the_book_says() -> None:
    config = compose_config("train", [EXPERIMENT])
    text, model = config["data"]["text"], config["model"]
    assert [text[k] for k in ("num_words", "max_length", "padding", "truncation")] == [
        500,
        100,
        "pre",
        "pre",
    ]
    assert [model[k] for k in ("embedding_size", "hidden_size", "init")] == [16, 8, "keras"]
    assert config["data"]["batch_size"] == 64
    assert config["optimizer"]["lr"] == 1e-3
    assert config["callbacks"]["early_stopping"]["patience"] == 3
    assert config["callbacks"]["early_stopping"]["monitor"] == "val/loss"


def test_what_refers_to_a_root_key_follows_it() -> None:
    overrides = ["seed=5", "monitor=val/accuracy", "mode=max", "callbacks=early_stopping"]
    config = compose_config("train", overrides)
    assert config["data"]["seed"] == 5
    assert config["callbacks"]["early_stopping"]["monitor"] == "val/accuracy"
    assert config["callbacks"]["early_stopping"]["mode"] == "max"


def test_paths_are_absolute_and_hub_ids_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews").mkdir()
    local = compose_config("train", ["data=imdb", "data.source=reviews", "data.cache_dir=c"])
    assert local["outputs"] == str(tmp_path / "outputs")
    assert local["data"]["source"] == str(tmp_path / "reviews")
    assert local["data"]["cache_dir"] == str(tmp_path / "c")
    hub = compose_config("train", ["data=imdb", "data.source=stanfordnlp/imdb"])
    assert hub["data"]["source"] == "stanfordnlp/imdb"


def test_a_config_is_the_same_after_yaml(tmp_path: Path) -> None:
    config = compose_config("train", [EXPERIMENT])
    folder = RunFolder(tmp_path)
    folder.write_config(config)
    assert folder.read_config() == config


def test_a_callback_is_switched_off_by_its_own_name() -> None:
    message = line("callbacks=early_stopping", "+callbacks.early_stoping=null")
    assert message.endswith("no such key; did you mean 'callbacks.early_stopping'?")
    config = check_config(compose_config("train", ["+callbacks.attention=null"]))  # was not chosen
    assert config.callbacks["attention"] is None


def test_the_configs_are_part_of_the_package() -> None:
    inside = resources.files("reviewlab") / "conf"
    assert Path(str(inside)).resolve() == CONFIGS
    assert (inside / "train.yaml").is_file()


def test_no_source_is_found_twice_through_the_link() -> None:
    assert not [*CONFIGS.rglob("*.py")]
    package = Path(str(resources.files("reviewlab")))
    assert not (package / "conf").is_symlink() or not (package / "conf").readlink().is_absolute()
