"""The folder of a sweep, where a run is wanted."""

from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.running.sweep_folder import refuse_sweep
from reviewlab.sweeps.folder import SweepFolder, SweepRecord

COMMAND = "python scripts/train.py -m seed=0,1 sweep.name=a"


def refusal(folder: Path, key: str, record: SweepRecord) -> str:
    (folder / "jobs").mkdir()
    SweepFolder(folder).write(record)
    with pytest.raises(InputError) as raised:
        refuse_sweep(folder, key)
    return str(raised.value)


def test_its_command_is_given_again(tmp_path: Path) -> None:
    assert refusal(tmp_path, "resume", {"command": COMMAND}) == (
        f"resume: '{tmp_path}' is a sweep; to continue it, run its command again: {COMMAND}"
    )


def test_one_of_an_earlier_version_goes_on_by_its_name(tmp_path: Path) -> None:
    assert refusal(tmp_path, "resume", {}).endswith(f"again with sweep.name={tmp_path.name}")


def test_a_run_of_it_can_be_done_again(tmp_path: Path) -> None:
    assert refusal(tmp_path, "rerun", {}).endswith("is a sweep; allowed: one of its runs, in jobs/")


def test_anything_else_passes(tmp_path: Path) -> None:
    refuse_sweep(tmp_path, "resume")
    refuse_sweep(tmp_path / "nowhere", "resume")
