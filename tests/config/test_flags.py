"""Flags and overrides can be given in any order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.config.flags import CONFIG_DIR, split
from reviewlab.exceptions import InputError

FLAGS = [["-m"], ["--config-dir", "my=conf"], ["--config-dir=conf"], ["--cfg", "job"], ["--help"]]


@given(st.permutations([*FLAGS, ["seed=0,1"], ["experiment=mine"]]))
def test_any_order_says_the_same(parts: list[list[str]]) -> None:
    line = split([word for part in parts for word in part])
    assert sorted(line.flags) == sorted(word for part in FLAGS for word in part)
    assert sorted(line.overrides) == ["experiment=mine", "seed=0,1"]
    assert line.is_multirun


@pytest.mark.parametrize("argv", [["--config-dir", "x"], ["-cd", "x"], ["a=1", "--config-dir=x"]])
def test_a_folder_is_named_as_the_search_path_has_it(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").mkdir()
    assert split(argv).value(CONFIG_DIR) == "x"
    assert split(argv).folders == (f"file://{tmp_path / 'x'}",)


def test_a_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"^--config-dir: 'nowhere' is not a folder; allowed: "):
        _ = split(["--config-dir", "nowhere"]).folders
    assert split(["seed=1"]).folders == ()


def test_what_is_shown_of_a_config_is_no_override() -> None:
    assert split(["--info", "defaults", "seed=1"]).overrides == ["seed=1"]
    assert split(["--info", "seed=1"]).overrides == ["seed=1"]
