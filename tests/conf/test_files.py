"""Every yaml file in `conf/` composes and binds, and misspelt keys are refused."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from tests.conf.first_comment import first_comment
from tests.conf.mandatory import mandatory

from reviewlab.config.check import check_config
from reviewlab.config.choices import list_choices
from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.exceptions import InputError

Bind = Callable[[dict[str, Any]], None]

SHARED = ["all_reviews", "data_options", "netflix_proposals", "split_options", "text_options"]
"""Files that other files include."""

HYDRAS_OWN = {"defaults", "hydra"}


def leaves(node: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def keys_of(file: str) -> list[str]:
    """Return the dotted keys that a file sets in the composed config."""
    text = (CONFIGS / file).read_text(encoding="utf-8")
    content = OmegaConf.to_container(OmegaConf.create(text or "{}"), resolve=False)
    assert isinstance(content, dict)
    content = {str(key): value for key, value in content.items() if key not in HYDRAS_OWN}
    group = file.rpartition("/")[0]
    named = re.match(r"# @package (\S+)", text)
    package = named[1] if named else group.replace("/", ".")
    return list(leaves(content, "" if package in ("", "_global_") else f"{package}."))


def misspelt(key: str) -> list[str]:
    """Return `key` with a letter appended, one removed and one inserted."""
    return [f"{key}x", key[:-1], f"{key[0]}_{key[1:]}"]


def renamed(config: dict[str, Any], key: str, name: str, keep: bool) -> dict[str, Any]:
    """Return a copy of `config` with `key` renamed to `name`, or under both names."""
    changed = copy.deepcopy(config)
    *parents, leaf = key.split(".")
    node = changed
    for parent in parents:
        node = node[parent]
    node[name] = node[leaf] if keep else node.pop(leaf)
    return changed


def test_opens_with_the_command_that_runs_it(config_file: str) -> None:
    first = first_comment(CONFIGS / config_file)
    assert first.startswith("# ")
    assert "python scripts/" in first


def test_composes_and_binds(composed: dict[str, Any], bind_it: Bind) -> None:
    bind_it(composed)


def test_sets_something(config_file: str) -> None:
    for_their_name = ("debug/traceback.yaml", "callbacks/default.yaml", "callbacks/inspect.yaml")
    assert keys_of(config_file) or config_file in for_their_name


def test_a_misspelt_key_is_refused(
    config_file: str, composed: dict[str, Any], bind_it: Bind
) -> None:
    keys = keys_of(config_file)
    for key in keys:
        parent, dot, leaf = key.rpartition(".")
        wrong = [name for name in misspelt(leaf) if f"{parent}{dot}{name}" not in keys]
        for name in wrong:  # `folds` without its last letter is another key
            for keep in (False, True):
                with pytest.raises(InputError, match=rf"(^|\.){name}: no such key"):
                    bind_it(renamed(composed, key, name, keep))


def test_a_misspelt_key_behind_a_plus_is_refused(
    config_file: str, selected: tuple[str, list[str]], bind_it: Bind
) -> None:
    config_name, overrides = selected
    # All keys work in the same way, and each needs a composition.
    for key in keys_of(config_file)[-1:]:
        with pytest.raises(InputError) as raised:
            bind_it(compose_config(config_name, [*overrides, f"+{key}x=1"]))
        assert str(raised.value) == f"{key}x: no such key; did you mean {key!r}?"


def test_can_be_built_without_data(
    config_file: str, composed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if "data" not in composed or "model" not in composed:
        pytest.skip("nothing to train")
    monkeypatch.chdir(tmp_path)
    needs = {
        "data/text/pretrained.yaml": "data.text.source: '/nowhere' does not exist",
        "experiment/fine_tuning.yaml": "model.source: '/nowhere' does not exist",
        "experiment/netflix/best.yaml": "model.source: '/nowhere' does not exist",
        "texts/pretrained.yaml": "model.source: '/nowhere' does not exist",
        "trainer/gpu.yaml": "trainer.accelerator: 'cuda', but torch finds no GPU",
        "data/text/ngrams.yaml": "data.text: NgramEncoder produces ngrams, but LSTMClassifier",
        "logger/mlflow.yaml": "logger: 'mlflow' is not installed",
        "logger/wandb.yaml": "logger: 'wandb' is not installed",
    }
    try:
        check_config(composed)
    except InputError as error:
        group = config_file.partition("/")[0]
        refusal = f"{group}." if mandatory(config_file) else needs[config_file]
        assert str(error).startswith(refusal)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SHARED)
def test_what_files_share_is_no_choice_of_a_group(name: str) -> None:
    assert (CONFIGS / f"{name}.yaml").is_file()
    groups = [path.relative_to(CONFIGS) for path in CONFIGS.rglob("*") if path.is_dir()]
    assert not any(name in list_choices(CONFIGS, str(group)) for group in groups)
