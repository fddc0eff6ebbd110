"""A run that was started several times by something else fails instead of waiting forever."""

from pathlib import Path

import pytest

from reviewlab.cli.train import main
from reviewlab.exceptions import InputError
from reviewlab.running.started_once import refuse_copies

CPU = {"accelerator": "cpu"}


@pytest.mark.parametrize(
    ("trainer", "variables", "message"),
    [
        ({"devices": 2}, {"SLURM_NTASKS": "2"}, "SLURM_NTASKS: 2 tasks would each train"),
        ({"devices": 2}, {"SLURM_NTASKS": "2", "SLURM_NTASKS_PER_NODE": "2"}, "--cpus-per-task=2"),
        ({"devices": 1}, {"SLURM_STEP_NUM_TASKS": "4"}, "SLURM_STEP_NUM_TASKS: 4 tasks"),
        ({"devices": 2}, {"SLURM_NTASKS": "1", "SLURM_CPUS_PER_TASK": "1"}, "trainer.devices: 2"),
        ({"devices": 2}, {"SLURM_NTASKS": "1", "SLURM_CPUS_ON_NODE": "1"}, "allowed: 1 to 1; for"),
        ({"devices": 1, "num_nodes": 2}, {}, "trainer.num_nodes: 2, but nothing starts the other"),
        ({"devices": 2}, {"TORCHELASTIC_RUN_ID": "x", "SLURM_JOB_ID": ""}, "torchrun: each"),
    ],
)
def test_copies_are_refused(
    trainer: dict[str, object], variables: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message) as refused:
        refuse_copies({"trainer": CPU | trainer}, {"SLURM_JOB_ID": "7"} | variables)
    assert "; " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("trainer", "variables"),
    [
        ({"devices": 2}, {}),
        ({"devices": 2}, {"SLURM_NTASKS": "2"}),  # of an allocation that this shell is not in
        ({"devices": 1}, {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "1"}),
        ({"devices": 1}, {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_STEP_NUM_TASKS": "1"}),
        ({"devices": 2}, {"SLURM_JOB_ID": "7", "SLURM_CPUS_ON_NODE": "2"}),
    ],
)
def test_one_process_starts_its_ranks_itself(
    trainer: dict[str, object], variables: dict[str, str]
) -> None:
    refuse_copies({"trainer": CPU | trainer}, variables)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["trainer=ddp"], {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "2"}),
        (["-m", "seed=0,1"], {"SLURM_STEP_NUM_TASKS": "2"}),
    ],
)
def test_the_line_is_all_there_is(
    arguments: list[str],
    variables: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["train.py", *arguments])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    assert left.value.code == 2
    assert " 2 tasks would each " in printed.err
    assert printed.err.count("\n") == 1
    assert not printed.out
    assert not [*tmp_path.iterdir()]
