"""Parsing the output of SLURM's commands. No SLURM."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from reviewlab.cluster import scheduler
from reviewlab.exceptions import InputError


class Commands:
    """Fake SLURM commands that record their arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, name: str, answer: str = "", code: int = 0) -> None:
        (self.folder / f"{name}.answer").write_text(answer)
        program = self.folder / name
        calls = f'echo "{name} $*" >> "{self.folder}/calls"'
        program.write_text(f'#!/bin/sh\n{calls}\ncat "{program}.answer"\nexit {code}\n')
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name in ("SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    monkeypatch.setenv("SLURM_JOB_NODELIST", "node[1-2]")
    return Commands(tmp_path)


def test_allocations_of_a_user_are_asked_for_by_the_element_of_an_array(slurm: Commands) -> None:
    slurm.say("squeue", "12\n13_0\n13_1\n")
    assert scheduler.queued_ids(1000) == {"12", "13_0", "13_1"}
    assert scheduler.known_ids(1000) == {"12", "13_0", "13_1"}
    assert slurm.calls[0] == "squeue --noheader --array --user=1000 --format=%i"
    slurm.say("squeue", "")
    assert scheduler.queued_ids(1000) == set()


def test_where_slurm_is_silent_nothing_is_known(slurm: Commands) -> None:
    slurm.say("squeue", "12\n", code=1)
    assert scheduler.queued_ids(1000) is None
    with pytest.raises(InputError, match="squeue: SLURM is not responding here"):
        scheduler.known_ids(1000)
    slurm.say("scancel", code=1)
    with pytest.raises(InputError, match="scancel: SLURM is not responding"):
        scheduler.cancel(["12"])
    assert not scheduler.requeue("12")  # there is no scontrol at all
    assert scheduler.largest_array() == scheduler.DEFAULT_ARRAY_SIZE
    assert scheduler.first_host() == "node[1-2]"


def test_a_command_line_does_not_get_too_long(slurm: Commands) -> None:
    slurm.say("scancel")
    ids = {str(number) for number in range(1000, 2200)}
    scheduler.cancel(ids)
    calls = [call.split()[1:] for call in slurm.calls]
    assert [len(call) for call in calls] == [500, 500, 200]
    assert {name for call in calls for name in call} == ids


@pytest.mark.parametrize(
    ("answer", "size"),
    [("MaxArraySize            = 6\nMaxJobCount = 10", 6), ("MaxArraySize=0", 1), ("", 1001)],
)
def test_the_size_of_an_array_is_that_of_the_cluster(
    slurm: Commands, answer: str, size: int
) -> None:
    slurm.say("scontrol", answer)
    assert scheduler.largest_array() == size


def test_ranks_meet_on_the_first_host(slurm: Commands) -> None:
    slurm.say("scontrol", "node1\nnode2\n")
    assert scheduler.first_host() == "node1"
    assert slurm.calls == ["scontrol show hostnames node[1-2]"]


def test_an_allocation_of_an_array_has_both_its_numbers(
    slurm: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scheduler.own_identity() == "12"
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "11")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    assert scheduler.own_identity() == "11_3"
    slurm.say("scontrol")
    assert scheduler.requeue("11_3")
    assert slurm.calls == ["scontrol requeue 11_3"]


def test_of_the_steps_those_with_the_name_are_killed_until_they_are_gone(
    slurm: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(
        sleep=lambda seconds: slurm.say("squeue", "12.2 other"), monotonic=time.monotonic
    )
    monkeypatch.setattr(scheduler, "time", clock)
    slurm.say("squeue", "12.0 job\n12.1 job-b\n12.2 other\n12.3 job\n")
    slurm.say("scancel")
    scheduler.end_steps("job")
    ended = [call for call in slurm.calls if call.startswith("scancel")]
    assert ended == ["scancel --signal=KILL 12.0 12.3"]


def test_steps_that_do_not_end_are_not_waited_for_for_ever(
    slurm: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += scheduler.SECONDS / 3

    # Only its own clock: `subprocess` sleeps too, while a command ends slowly.
    monkeypatch.setattr(scheduler, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: clock[0]))
    slurm.say("squeue", "12.0 job")
    slurm.say("scancel")
    scheduler.end_steps("job")
    assert len([call for call in slurm.calls if call.startswith("scancel")]) == 3
