"""Real training on a real SLURM gives the same results as on this machine."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.cli.processes import ROOT, curves, environment, read, script
from tests.cluster.conftest import ask, jobs
from tests.until import until

from reviewlab.sweeps.outcome import known_status

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nothing_left_over")]

SMALL = ["data.reviews=300", "trainer.max_epochs=2", "model=mlp"]
ON_SLURM = "hydra/launcher=slurm"
OTHERWISE = ("seconds", "memory", "attempts", "host")


def rows(sweep: Path) -> list[dict[str, str]]:
    with (sweep / "leaderboard.csv").open(newline="") as file:
        return [{k: v for k, v in r.items() if k not in OTHERWISE} for r in csv.DictReader(file)]


def train(cwd: Path, name: str, *arguments: str) -> Path:
    """Run a sweep to its end and return its folder."""
    done = script("train", cwd, "-m", *arguments, f"sweep.name={name}")
    assert done.code == 0, done.out + done.err
    assert "arning" not in done.err
    return cwd / "outputs" / "sweeps" / name


def results(sweep: Path) -> list[dict[str, Any]]:
    return [read(folder / "result.json") for folder in jobs(sweep)]


def test_the_rows_are_those_of_the_same_sweep_here(tmp_path: Path) -> None:
    asked = [*SMALL, "optimizer.lr=1e-3,1e-2", "seed=0,1"]
    there = train(tmp_path, "sweep", *asked, ON_SLURM, "hydra.launcher.jobs_per_allocation=4")
    (tmp_path / "here").mkdir()
    here = train(tmp_path / "here", "sweep", *asked)
    assert rows(there) == rows(here)
    assert [f.name for f in jobs(there)] == [f.name for f in jobs(here)]
    assert [curves(r) for r in results(there)] == [curves(r) for r in results(here)]


RACE = [
    *("data.reviews=600", *SMALL[1:], "optimizer.lr=1e-5,1e-4,1e-2"),
    *("sweep.seeds=4", "sweep.race=true", "sweep.baseline=none"),
]


def dropped(sweep: Path) -> dict[str, str]:
    """Return the round after which each learning rate was dropped."""
    return {row["optimizer.lr"]: row["dropped_after"] for row in rows(sweep)}


def assert_drops_the_same(tmp_path: Path, launcher: str) -> None:
    """Check that a race drops the same configurations there as here, and all but the best."""
    there = train(tmp_path, "race", *RACE, launcher)
    (tmp_path / "here").mkdir()
    here = train(tmp_path / "here", "race", *RACE, "hydra.launcher.slots=1")
    assert dropped(there) == dropped(here)
    assert [rate for rate, after in dropped(there).items() if not after] == ["0.01"]


def test_a_race_drops_the_same_configurations_after_the_same_rounds(tmp_path: Path) -> None:
    assert_drops_the_same(tmp_path, ON_SLURM)


def test_told_in_the_middle_it_ends_as_one_never_stopped(tmp_path: Path) -> None:
    asked = ["data.reviews=2000", "model=lstm", "trainer.max_epochs=30", "seed=0"]
    (whole,) = results(train(tmp_path, "whole", *asked))
    done = script(
        "train", tmp_path, "-m", *asked, ON_SLURM, "hydra.launcher.wait=false", "sweep.name=told"
    )
    assert done.code == 0, done.err
    sweep = tmp_path / "outputs" / "sweeps" / "told"
    [folder] = jobs(sweep)
    until((folder / "checkpoints" / "last.ckpt").exists, "an epoch")
    ask("scancel", "--signal=USR1", *ask("squeue", "-h", "-o", "%i").split())
    assert script("sweep", tmp_path, "wait", str(sweep)).code == 0
    assert known_status(folder).attempts == 2
    (result,) = results(sweep)
    assert curves(result) == curves(whole)


def test_what_is_edited_while_jobs_wait_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for name in ("src", "scripts", "conf"):
        shutil.copytree(ROOT / name, copy / name)
    cores = f"--cpus-per-task={os.cpu_count()}"
    ask("sbatch", cores, "--job-name=first", "--output=/dev/null", "--wrap", "sleep 600")
    program = str(copy / "scripts" / "train.py")
    detached = ["hydra.launcher.wait=false", "sweep.name=edited"]
    submitted = subprocess.run(
        [sys.executable, program, "-m", *SMALL, "seed=0", ON_SLURM, *detached],
        cwd=tmp_path,
        env=environment(tmp_path) | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert submitted.returncode == 0, submitted.stderr
    (copy / "src" / "reviewlab" / "launching" / "job_entry.py").write_text(
        "raise SystemExit('edited')"
    )
    ask("scancel", "--name=first")
    sweep = tmp_path / "outputs" / "sweeps" / "edited"
    done = script("sweep", tmp_path, "wait", str(sweep))
    assert done.code == 0, done.out + done.err
    [folder] = jobs(sweep)
    [snapshot] = (sweep / "cluster" / "code").iterdir()
    assert read(folder / "provenance.json")["snapshot"] == snapshot.name


def test_two_devices_and_two_nodes_train_what_one_device_does(tmp_path: Path) -> None:
    """The training uses float64, and its last batches do not divide equally among ranks."""
    asked = [
        "data.reviews=301",
        *SMALL[1:],
        "data.batch_size=10",
        "trainer.precision=64-true",
        "seed=0",
    ]
    cpu = "trainer.accelerator=cpu"
    sweeps = [
        train(tmp_path, "one", *asked),
        train(tmp_path, "here", *asked, "trainer=ddp", cpu),
        train(tmp_path, "devices", *asked, "trainer=ddp", cpu, ON_SLURM),
        # this machine is only one node: both tasks on it
        train(
            *(tmp_path, "nodes", *asked, "trainer=multi_node", cpu, ON_SLURM),
            "hydra.launcher.nodes=1",
        ),
    ]
    (one,) = results(sweeps[0])
    wanted = weights(sweeps[0])
    for sweep in sweeps[1:]:
        (result,) = results(sweep)
        assert [epoch["step"] for epoch in curves(result)] == [e["step"] for e in curves(one)]
        for name, weight in weights(sweep).items():
            assert torch.allclose(weight, wanted[name], rtol=0, atol=1e-9), name


FAILING = """
import os

if os.environ.get("LOCAL_RANK") == "1":
    from reviewlab.models.classifier import ReviewClassifier

    step = ReviewClassifier.training_step

    def fail(self, batch):
        if self.config["seed"] == 0 and self.trainer.global_step == 3:
            raise ValueError("the second rank fails")
        return step(self, batch)

    ReviewClassifier.training_step = fail
"""
"""A `sitecustomize.py`, which Python imports at its start."""


def test_a_rank_that_fails_ends_its_job_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAILING)
    setup = f"hydra.launcher.setup=['export PYTHONPATH=$PYTHONPATH:{tmp_path}']"
    ddp = ["trainer=ddp", "trainer.accelerator=cpu", "seed=0,1"]
    done = script("train", tmp_path, "-m", *SMALL, *ddp, ON_SLURM, setup, "sweep.name=failing")
    assert done.code == 1, done.out + done.err
    failed, whole = (known_status(f) for f in jobs(tmp_path / "outputs" / "sweeps" / "failing"))
    assert failed.reason == "ValueError: the second rank fails"
    assert whole.state == "done"
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in listed.stdout


def weights(sweep: Path) -> dict[str, torch.Tensor]:
    [folder] = jobs(sweep)
    saved = torch.load(folder / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]
    assert all(weight.dtype == torch.float64 for weight in saved.values())
    return dict(saved)
