"""The folder of a sweep is refused where a run folder is needed."""

from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.running.sweep_folder import refuse_sweep, trial_name
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
    assert refusal(tmp_path, "rerun", {}).endswith("is a sweep; give one of its runs, in jobs/")


def test_anything_else_passes(tmp_path: Path) -> None:
    refuse_sweep(tmp_path, "resume")
    refuse_sweep(tmp_path / "nowhere", "resume")


def test_a_run_of_it_is_named_by_what_varies(tmp_path: Path) -> None:
    varied = ["seed", "data/text", "optimizer.lr", "model.dropout", "data.dropout"]
    SweepFolder(tmp_path).write({"varied": varied})
    folder = tmp_path / "jobs" / "0003-text-bpe_lr-0.3-081b005d66c2"
    set_to = ["data=demo", "data/text=bpe", "+optimizer.lr=0.30000000000000004", "model.dropout=0"]
    assert trial_name(folder, [*set_to, "seed=1"]) == ("text=bpe lr=0.3 dropout=0 seed=1 (081b00)")


@pytest.mark.parametrize("record", [{}, {"varied": []}, {"varied": ["seed"]}])
def test_any_other_run_has_the_name_of_its_folder(record: SweepRecord, tmp_path: Path) -> None:
    SweepFolder(tmp_path).write(record)
    assert trial_name(tmp_path / "jobs" / "a", ["model=lstm"]) == "a"
    assert trial_name(tmp_path / "runs" / "elsewhere" / "b", ["model=lstm"]) == "b"
