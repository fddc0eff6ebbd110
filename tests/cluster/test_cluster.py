"""Sweeps on a real SLURM: jobs resume, failures are reported and nothing is lost."""

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.cli.processes import ROOT, SCRIPTS, Done, script
from tests.cluster.conftest import Deeds, ask, jobs, statuses
from tests.cluster.driver import deed_of
from tests.until import until

from reviewlab.cluster.plan import ClusterFolder
from reviewlab.runs.files import read_json
from reviewlab.sweeps.outcome import known_status

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nothing_left_over")]


def states(sweep: Path) -> dict[str, str]:
    return {deed: status.state for deed, status in statuses(sweep).items()}


def trained(folder: Path) -> bool:
    """Tell whether a job has the result of an uninterrupted one."""
    _, _, steps = deed_of(folder).partition("-")
    state = folder.name
    for _ in range(int(steps or 5)):
        state = hashlib.sha256(state.encode()).hexdigest()
    said: float = read_json(folder / "result.json")["best"]["val/accuracy"]
    return said == int(state[:8], 16) / 16**8


def saved(sweep: Path) -> bool:
    return any(sweep.glob("jobs/*/checkpoints/last.ckpt"))


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def wait(sweep: Path) -> Done:
    return script("sweep", sweep, "wait", str(sweep))


def test_one_raises_one_leaves_one_is_cancelled_and_the_others_are_done(deeds: Deeds) -> None:
    sweep = deeds.submit("six", "train-5", "raise", "exit", "train-600", "train-6", "train-7")
    slow = next(i for i, n in ClusterFolder(sweep).allocations().items() if n == [f"{3:012x}"])
    until(lambda: states(sweep).get("train-600") == "running", "the job that is to be cancelled")
    ask("scancel", slow)
    done = wait(sweep)
    assert done.code == 1
    assert states(sweep) == {
        **dict.fromkeys(("train-5", "train-6", "train-7"), "done"),
        **dict.fromkeys(("raise", "exit"), "failed"),
        "train-600": "preempted",
    }
    assert statuses(sweep)["raise"].reason == "RuntimeError: boom"
    assert statuses(sweep)["exit"].reason == "ended with exit code 7 and no message"
    assert "3 done, 2 failed, 1 preempted; continue with: " in done.out
    assert f" {SCRIPTS / 'sweep.py'} resume .\n" in done.out
    assert (sweep / "leaderboard.csv").read_text().count("\n") == 7


def test_an_allocation_that_is_told_in_time_is_queued_again_once(deeds: Deeds) -> None:
    sweep = deeds.submit("told", "train-100")
    until(lambda: saved(sweep), "a first step")
    [identity] = ClusterFolder(sweep).allocations()
    ask("scancel", "--signal=USR1", identity)
    done = wait(sweep)
    assert done.code == 0, done.out + done.err
    [folder] = jobs(sweep)
    assert trained(folder)
    assert known_status(folder).attempts == 2
    assert known_status(folder).failures == 0
    assert "Restarts=1" in ask("scontrol", "show", "job", identity)
    assert "job 0 resumes" in done.err


def test_a_more_important_job_takes_the_place_and_gives_it_back(deeds: Deeds) -> None:
    sweep = deeds.submit("preempted", "train-100", cpus=os.cpu_count())
    until(lambda: saved(sweep), "a first step")
    both = f"--cpus-per-task={os.cpu_count()}"
    ask("sbatch", "-p", "high", both, "--output=/dev/null", "--wrap", "sleep 3")
    done = wait(sweep)
    assert done.code == 0, done.out + done.err
    [folder] = jobs(sweep)
    assert trained(folder)
    assert known_status(folder).attempts == 2


def test_a_run_longer_than_its_time_limit_takes_several_attempts(deeds: Deeds) -> None:
    sweep = deeds.submit("limit", "train-650", time=1, signal_seconds=20)
    done = wait(sweep)
    assert done.code == 0, done.out + done.err
    [folder] = jobs(sweep)
    assert trained(folder)
    assert known_status(folder).attempts > 1
    assert known_status(folder).failures == 0


def test_attempts_are_bounded(deeds: Deeds) -> None:
    sweep = deeds.submit("bounded", "train-600", max_attempts=1)
    until(lambda: saved(sweep), "a first step")
    ask("scancel", "--signal=USR1", *ClusterFolder(sweep).allocations())
    assert wait(sweep).code == 1
    [status] = statuses(sweep).values()
    assert status.state == "failed"
    assert status.reason.startswith("not done after 1 attempts; raise hydra.launcher.time")


def test_a_job_that_was_killed_is_tried_again_from_its_last_checkpoint(deeds: Deeds) -> None:
    sweep = deeds.submit("killed", "dies-40")
    done = wait(sweep)
    assert done.code == 0, done.out + done.err
    [folder] = jobs(sweep)
    status = known_status(folder)
    assert trained(folder)
    assert (status.attempts, status.failures) == (2, 1)


ON_TWO_NODES = {"nodes_a_job": 2, "nodes": 1}
"""There is only one machine, so both processes run on it."""


def tasks(folder: Path) -> dict[int, bool]:
    """Return the processes of the job in `folder`, each with whether it is its `srun`."""
    started = {}
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = file.read_bytes().decode().split("\0")
            if "tests.cluster.entries" in words and str(folder) in words:
                started[int(file.parent.name)] = words[0] == "srun"
    return started


def test_of_a_job_whose_srun_is_killed_nothing_is_left_over(deeds: Deeds) -> None:
    sweep = deeds.submit("srun", "train-60", **ON_TWO_NODES)
    until(lambda: saved(sweep), "a first step")
    [folder] = jobs(sweep)
    first = tasks(folder)
    assert [*first.values()].count(False) == 2
    os.killpg(min(number for number, is_srun in first.items() if is_srun), signal.SIGKILL)
    until(lambda: not first.keys() & tasks(folder).keys(), "the end of its tasks")
    done = wait(sweep)
    assert done.code == 0, done.out + done.err
    status = known_status(folder)
    assert trained(folder)
    assert (status.attempts, status.failures) == (2, 1)


def test_of_a_job_that_is_late_and_deaf_nothing_is_left_over(deeds: Deeds) -> None:
    options = {"timeout": 20, "signal_seconds": 2, "jobs_per_allocation": 2}
    sweep = deeds.submit("late", "deaf-600", "deaf-601", **ON_TWO_NODES, **options)
    late, _ = jobs(sweep)
    until(lambda: len(tasks(late)) > 2, "two tasks")
    until(lambda: states(sweep)["deaf-600"] == "killed", "the end of its time")
    assert known_status(late).reason == "took longer than sweep.timeout=20 s"
    until(lambda: not tasks(late), "the end of its tasks")
    assert states(sweep)["deaf-601"] in ("queued", "running")  # the allocation has not ended


def test_an_allocation_that_vanished_is_noticed_and_its_job_goes_on(deeds: Deeds) -> None:
    sweep = deeds.submit("vanished", "train-100")
    until(lambda: saved(sweep), "a first step")
    [folder] = jobs(sweep)
    process = known_status(folder).pid
    for number in (parent_of(parent_of(process)), process):  # at once, or it would notice and save
        os.kill(number, signal.SIGKILL)
    until(lambda: not ask("squeue", "-h"), "the end of the allocation")
    told = script("sweep", sweep, "status", str(sweep))
    assert told.code == 1
    assert "job 0 killed" in told.out
    assert "its allocation ended unexpectedly" in told.out
    again = script("sweep", sweep, "resume", str(sweep))
    assert "submitted 1 job in 1 allocation" in again.out, again.out + again.err
    assert wait(sweep).code == 0
    assert trained(folder)
    assert known_status(folder).failures == 1


def test_the_jobs_outlive_whoever_submitted_them(deeds: Deeds) -> None:
    command = [sys.executable, "-m", "tests.cluster.driver", str(deeds.parent), "alone"]
    submitting = subprocess.Popen(
        [*command, "train-50,train-51", "wait=true"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    sweep = deeds.parent / "alone"
    until(lambda: saved(sweep), "a first step")
    os.killpg(submitting.pid, signal.SIGKILL)
    submitting.wait()
    assert wait(sweep).code == 0
    assert all(trained(folder) for folder in jobs(sweep))
    assert (sweep / "leaderboard.csv").read_text().count("\n") == 3


def test_a_sweep_that_goes_on_tells_no_job_twice(deeds: Deeds) -> None:
    deeds.submit("grows", "train-5", "train-6", wait="true")
    assert "job 0 done" in deeds.output
    sweep = deeds.submit("grows", "train-5", "train-6", "train-7", wait="true")
    assert "2 of 3 ended, 2 done" in deeds.output
    assert [line for line in deeds.output.splitlines() if line.startswith("job ")] == [
        "job 2 starts  deed=train-7",
        next(line for line in deeds.output.splitlines() if line.startswith("job 2 done")),
    ]
    assert all(known_status(folder).attempts == 1 for folder in jobs(sweep))


def test_small_jobs_share_allocations_and_arrays_are_cut(deeds: Deeds) -> None:
    words = [f"train-{number}" for number in range(1, 26)]
    sweep = deeds.submit("packed", *words, jobs_per_allocation=3, slots=2, array_parallelism=10)
    allocations = ClusterFolder(sweep).allocations()
    arrays = [name.partition("_")[0] for name in allocations]
    assert sorted(arrays.count(array) for array in {*arrays}) == [3, 6]
    worked_on = sorted(run_id for pack in allocations.values() for run_id in pack)
    assert worked_on == [f"{number:012x}" for number in range(25)]
    assert {len(pack) for pack in allocations.values()} == {1, 3}
    assert wait(sweep).code == 0
    assert len(jobs(sweep)) == 25
    assert all(trained(folder) and known_status(folder).attempts == 1 for folder in jobs(sweep))


def test_cancelled_jobs_save_and_a_second_submission_submits_none_twice(deeds: Deeds) -> None:
    sweep = deeds.submit("cancelled", "waits-10", "waits-11")
    again = deeds.submit("cancelled", "waits-10", "waits-11")
    assert len(ClusterFolder(again).allocations()) == 2
    until(lambda: saved(sweep), "a first step")
    said = script("sweep", sweep, "cancel", str(sweep))
    assert "2 allocations cancelled, 0 of 2 jobs are done" in said.out, said.err
    until(lambda: not ask("squeue", "-h"), "the end of the allocations")
    script("sweep", sweep, "status", str(sweep))
    assert {status.state for status in statuses(sweep).values()} == {"preempted"}
    (sweep / "go").touch()
    assert "submitted 2 jobs" in script("sweep", sweep, "resume", str(sweep)).out
    assert wait(sweep).code == 0
    assert all(trained(folder) for folder in jobs(sweep))
