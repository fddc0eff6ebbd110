"""Sweeps against the training time of their jobs and against Hydra's launchers."""

import sys

import pytest

from reviewlab.benchmarks import (
    starting,
    stock,
    sweeps,
)
from reviewlab.runs.result import read_result, write_result
from reviewlab.runs.status import Status, write_status


def folders_of_jobs(bench, arguments):
    """Write the results of `scripts/train.py -m`: jobs of 3 s, started one second apart."""
    [name] = [a.partition("=")[2] for a in arguments if a.startswith("sweep.name=")]
    [seeds] = [a.partition("=")[2] for a in arguments if a.startswith("seed=")]
    for seed in map(int, seeds.split(",")):
        folder = bench.folder / "outputs" / "sweeps" / name / "jobs" / f"{seed}"
        folder.mkdir(parents=True)
        write_status(folder, Status("done", started=100.5 + seed, ended=104.0 + seed))
        write_result(folder, {"seconds": {"prepare": 0.5, "train": 2.0, "validation": 1.0}})


def test_a_sweep_is_compared_with_the_training_of_its_jobs(bench, monkeypatch):
    monkeypatch.setattr(sweeps, "_run", lambda arguments: folders_of_jobs(bench, arguments))
    pairs = sweeps.overhead(bench)
    assert pairs.ours == [sweeps.JOBS - 1 + 4.0] * 2
    assert pairs.reference == [sweeps.JOBS * 3.0 / sweeps.SLOTS] * 2


@pytest.mark.parametrize(
    ("measure", "others"),
    [
        (sweeps.slots, "hydra.launcher.slots=1"),
        (sweeps.beside_basic, "hydra/launcher=basic"),
        (sweeps.beside_joblib, "hydra/launcher=joblib"),
    ],
)
def test_sweeps_take_turns_on_the_same_jobs(bench, monkeypatch, measure, others):
    ran = []

    def run(arguments):
        ran.append(arguments)
        if arguments[0] == starting.TRAIN:
            folders_of_jobs(bench, arguments)

    monkeypatch.setattr(sweeps, "_run", run)
    assert len(measure(bench).ours) == 2
    assert [others in arguments for arguments in ran] == [False, True] * 2
    jobs = [{a for a in arguments if a.startswith(("seed=", "data", "mod"))} for arguments in ran]
    assert jobs == [jobs[0]] * 4


def test_hydras_own_launcher_trains_the_same_jobs(bench, monkeypatch, capsys):
    monkeypatch.chdir(bench.folder)
    jobs = bench.command("data=imdb", "model=mlp", "trainer.max_epochs=1", "seed=1,2")
    monkeypatch.setattr(sys, "argv", ["stock", *sweeps.BASIC[2:], *jobs])
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    stock.main()
    assert capsys.readouterr().out.count("run folder: ") == 2
    results = [read_result(f) for f in (bench.folder / "outputs" / "runs").iterdir()]
    assert {result["seed"] for result in results} == {1, 2}
