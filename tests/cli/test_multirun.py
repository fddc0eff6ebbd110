"""Sweeps as users start them: several runs from one command line, none of which is lost."""

import csv
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import (
    SCRIPT,
    Done,
    curves,
    last_command,
    once,
    read,
    start,
    train,
    until_in,
)
from tests.until import until

from reviewlab.runs.folder import RunFolder
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.outcome import known_status

SMALL = ["data.reviews=300", "trainer.max_epochs=2", "model=mlp"]
TIME = {"seconds", "attempts"}
PYTHON = f".venv/bin/{Path(sys.executable).name}"


def sweep(cwd: Path, *arguments: str) -> Done:
    return train(cwd, "-m", *SMALL, *arguments)


def jobs(cwd: Path, name: str) -> list[Path]:
    return sorted((cwd / "outputs" / "sweeps" / name / "jobs").iterdir())


def results(cwd: Path, name: str) -> list[dict[str, Any]]:
    return [read(folder / "result.json") for folder in jobs(cwd, name)]


def leaderboard(cwd: Path, name: str) -> list[dict[str, str]]:
    """Return the rows without columns that vary between repetitions."""
    with (cwd / "outputs" / "sweeps" / name / "leaderboard.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k not in TIME} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """A sweep over one given and two random seeds, with the flag between the overrides."""

    def make(cwd: Path) -> Done:
        return train(cwd, *SMALL, "-m", "seed=7,null,null", "sweep.name=seeds", PL_GLOBAL_SEED="99")

    done = once(tmp_path_factory, "seeds", make)
    base = tmp_path_factory.getbasetemp()
    folder = next(p / "seeds" for p in (base, base.parent) if (p / "seeds").is_dir())
    assert done.code == 0, done.err
    return folder, done


def test_each_job_has_a_seed_of_its_own_and_says_what_it_was_told(seeds: Any) -> None:
    found = results(seeds[0], "seeds")
    recorded = [result["seed"] for result in found]
    assert recorded[0] == 7
    assert len({*recorded}) == 3
    assert [result["overrides"][-1] for result in found] == [f"seed={seed}" for seed in recorded]


def test_a_job_is_what_it_is_alone(seeds: Any, tmp_path: Path) -> None:
    drawn = results(seeds[0], "seeds")[2]
    alone = train(tmp_path, *SMALL, f"seed={drawn['seed']}")
    assert alone.code == 0, alone.err
    assert alone.result["run_id"] == drawn["run_id"]
    assert curves(alone.result) == curves(drawn)


def test_the_folder_holds_the_jobs_and_the_leaderboard(seeds: Any) -> None:
    folder, done = seeds
    sweep_folder = folder / "outputs" / "sweeps" / "seeds"
    names = {path.name for path in sweep_folder.iterdir() if not path.name.startswith(".")}
    boards = {f"leaderboard.{kind}" for kind in ("md", "csv", "html")}
    assert names == {"jobs", "figures", "sweep.yaml", *boards}
    assert not (folder / "outputs" / "runs").exists()
    assert "1 configuration, 3 runs" in done.out
    assert (SweepFolder(sweep_folder).read() or {})["jobs"] == 3
    for path in jobs(folder, "seeds"):
        assert not {"sweep", "hydra"} & RunFolder(path).read_config().keys()
    assert re.fullmatch(r"0000-seed-7-[0-9a-f]{12}", jobs(folder, "seeds")[0].name)


def test_a_log_file_gets_a_line_an_event_and_no_escape_codes(seeds: Any) -> None:
    lines = seeds[1].err.splitlines()
    assert sum(bool(re.match(r"job \d done  val/accuracy 0\.\d{4}", line)) for line in lines) == 3
    assert "\x1b" not in seeds[1].err + seeds[1].out
    assert "\r" not in seeds[1].err + seeds[1].out
    assert "arning" not in seeds[1].err


def test_what_is_damaged_or_gone_is_made_again_and_the_rest_is_left(
    seeds: Any, tmp_path: Path
) -> None:
    shutil.copytree(seeds[0] / "outputs", tmp_path / "outputs")
    before = leaderboard(tmp_path, "seeds")
    kept, damaged, gone = jobs(tmp_path, "seeds")
    untouched = (kept / "status.json").stat().st_mtime_ns
    (damaged / "result.json").write_text('{"best": {"val')
    (damaged / "checkpoints" / "last.ckpt").write_bytes(b"half")
    shutil.rmtree(gone)
    (tmp_path / "outputs" / "sweeps" / "seeds" / "leaderboard.csv").unlink()
    done = sweep(tmp_path, "seed=7,null,null", "sweep.name=seeds")
    assert done.code == 0, done.err
    assert "1 of 3 ended, 1 done" in done.err
    assert (kept / "status.json").stat().st_mtime_ns == untouched
    assert leaderboard(tmp_path, "seeds") == before


def test_a_seed_that_is_added_later_is_no_planned_one(seeds: Any, tmp_path: Path) -> None:
    shutil.copytree(seeds[0] / "outputs", tmp_path / "outputs")
    done = sweep(tmp_path, "seed=7,null,null,null", "sweep.name=seeds")
    assert done.code == 0, done.err
    [row] = leaderboard(tmp_path, "seeds")
    assert (row["n"], row["planned_seeds"]) == ("4", "3")


def test_another_config_under_the_same_name_is_refused(seeds: Any, tmp_path: Path) -> None:
    (tmp_path / "outputs").symlink_to(seeds[0] / "outputs")
    done = sweep(tmp_path, "model.hidden_size=5", "seed=7,null,null", "sweep.name=seeds")
    assert done.code == 2
    [line] = [line for line in done.err.splitlines() if line.startswith("error: ")]
    changed = "sweep.name: 'seeds' began with different settings or code: model.hidden_size: "
    assert line.startswith(f"error: {changed}")


def states(folder: Path) -> list[str]:
    return [known_status(job).state for job in folder.glob("jobs/*")]


@pytest.fixture
def long(tmp_path: Path) -> Any:
    """A sweep of two jobs that run until they are stopped, each after its first epoch."""
    arguments = ["-m", "data.reviews=300", "model=mlp", "seed=0,1", "trainer.max_epochs=3000"]
    (tmp_path / ".venv").symlink_to(sys.prefix)
    program = str(tmp_path / PYTHON)
    process = start(tmp_path, *arguments, "sweep.name=long", program=program)
    folder = tmp_path / "outputs" / "sweeps" / "long"
    saved = "jobs/*/checkpoints/last.ckpt"
    until_in(process, lambda: len([*folder.glob(saved)]) == 2, "two first epochs")
    yield process, folder
    process.kill()
    process.communicate()


def test_interrupted_once_everything_is_saved_and_the_last_line_goes_on(long: Any) -> None:
    process, folder = long
    cwd = folder.parents[2]
    refused = train(cwd, "-m", "data.reviews=300", "model=mlp", "seed=0,1", "sweep.name=long")
    assert refused.code == 2
    assert f"is being worked on by process {process.pid} on" in refused.err
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert states(folder) == ["preempted"] * 2
    assert "tensorboard --logdir outputs/sweeps/long\n" in out
    python, script, *arguments = last_command(out)
    assert (python, script) == (PYTHON, SCRIPT)
    assert arguments[0] == "-m"
    assert arguments[-1] == "sweep.name=long"


def test_a_killed_job_is_one_row_and_one_failure(long: Any) -> None:
    process, folder = long
    first, second = sorted(folder.glob("jobs/*"))
    subprocess.run(["kill", "-KILL", str(known_status(first).pid)], check=True)
    until(lambda: known_status(first).state != "running", "somebody to notice")
    assert known_status(first).state == "killed"
    assert known_status(second).state == "running"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 143
    assert "job 0 killed  seed=0" in err
    assert "SIGKILL" in out


def test_a_killed_sweep_is_noticed_by_its_jobs_which_save(long: Any) -> None:
    process, folder = long
    process.kill()
    until(lambda: states(folder) == ["preempted"] * 2, "both to save")


def test_a_job_on_two_devices_is_one_job(tmp_path: Path) -> None:
    ddp = ["trainer=ddp", "trainer.devices=2", "trainer.accelerator=cpu"]
    done = sweep(tmp_path, *ddp, "seed=0", "sweep.name=ddp")
    assert done.code == 0, done.err
    [job] = jobs(tmp_path, "ddp")
    assert known_status(job).state == "done"
    assert len([*(tmp_path / "outputs").glob("**/result.json")]) == 1
