"""No two runs claim one folder, and it reads back as written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest

from reviewlab.exceptions import InputError
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.identity import ADDED


def test_runs_of_one_second_never_share_a_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: RunFolder.claim(tmp_path, "lstm").path, range(24)))
    assert len(set(folders)) == 24
    assert all(folder.is_dir() for folder in folders)


def test_a_config_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = RunFolder.claim(tmp_path / "new", "run")
    config = {"lr": 1e-05, "text": "café: 'a', [b]=c", "nothing": None, "list": [1, 2.5, True]}
    folder.write_config(config)
    assert RunFolder.open(folder.path).read_config() == config


def test_a_folder_without_a_config_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"resume: .* is not a run folder"):
        RunFolder.open(tmp_path)


def test_a_config_of_an_earlier_version_is_read_with_what_was_added_since(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_config({"data": {"seed": 1}})
    with mock.patch.dict(ADDED, {"data.folds": None, "seed": 0}, clear=True):
        assert folder.read_config() == {"data": {"seed": 1, "folds": None}, "seed": 0}
    with mock.patch.dict(ADDED, clear=True):
        assert folder.read_config() == {"data": {"seed": 1}}


def test_a_checkpoint_is_sent_to_its_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_config({"seed": 0})
    with pytest.raises(InputError, match=rf"is a checkpoint of a run; .*resume={tmp_path}$"):
        RunFolder.open(folder.last_checkpoint)
