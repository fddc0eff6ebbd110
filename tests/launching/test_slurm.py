"""Sweeps on a cluster: the requested allocations, and the settings that are refused."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.cluster.shaped import job
from tests.launching.test_launch import Small
from tests.reporting.folders import config, run
from tests.sweeps.test_confirmed_search import TOP, TRIALS
from tests.sweeps.test_confirmed_search import Sweep as Searched
from tests.sweeps.test_race_source import LABELS, MEANS, NOISE, grid

from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.status_text import sweep_status
from reviewlab.config.machine import Machine
from reviewlab.exceptions import InputError
from reviewlab.launching.launch import LaunchPlan
from reviewlab.launching.slurm import ClusterLaunch, SlurmPlace
from reviewlab.planning.ngram_baseline import Baselines
from reviewlab.planning.plan import Planner
from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.sweeps.confirmed_search import ROUND
from reviewlab.sweeps.folder import SweepFolder
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.race_source import RaceSource
from reviewlab.sweeps.settings import SweepSettings


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)


def plan(*arguments: str) -> list[Job]:
    return Planner(["data.reviews=200", *arguments], SweepSettings(), "s", Machine.ELSEWHERE).jobs()


def test_a_machine_without_a_gpu_plans_for_one_with_several() -> None:
    [made] = plan("trainer=gpu", "trainer.precision=bf16-mixed", "trainer.devices=4")
    assert (made.devices, made.nodes, made.gpu) == (4, 1, True)
    several = ["trainer=multi_node", "trainer.num_nodes=4", "trainer.accelerator=cuda"]
    [made] = plan(*several, "trainer.strategy=fsdp")
    assert (made.devices, made.nodes, made.gpu) == (1, 4, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trainer=gpu"], "trainer.precision: auto depends on the node"),
        (["trainer=ddp"], "trainer.accelerator: auto depends on the node"),
        (["trainer=gpu", "trainer.devices=-1"], "trainer.devices: -1 depends on the node"),
        (["trainer.strategy=dpp"], "trainer.strategy: 'dpp' is not allowed; did you mean 'ddp'?"),
        (["trainer.max_time=soon"], "trainer.max_time: 'soon' is not allowed"),
        (
            ["data.batch_size=9", "trainer=multi_node", "trainer.accelerator=cpu"],
            "data.batch_size: 9 cannot be divided",
        ),
    ],
)
def test_what_can_be_known_here_is_refused_here(arguments: list[str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        plan(*arguments)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "made", "message"),
    [
        ({"cpus": 1}, job(devices=2), "hydra.launcher.cpus: 1 per node, but job 0"),
        ({"gpus": 0}, job(gpu=True), "hydra.launcher.gpus: 0 per node"),
        ({"nodes": 2}, job(nodes=3), "hydra.launcher.nodes: 2 does not divide trainer.num_nodes=3"),
        ({"nodes": 2}, job(), "hydra.launcher.nodes: 2 does not divide trainer.num_nodes=1"),
        ({"slots": 2, "jobs_per_allocation": 2}, job(nodes=2), "hydra.launcher.slots: 2, but job"),
        ({"time": 1, "signal_seconds": 31}, job(), "hydra.launcher.signal_seconds: 31 is too"),
        ({"options": {"signal": "USR2@1"}}, job(), "hydra.launcher.options: 'signal' is set by"),
    ],
)
def test_what_is_too_little_is_refused(options: dict[str, Any], made: Job, message: str) -> None:
    with pytest.raises(InputError, match=message):
        SlurmPlace(SlurmLauncher(**options)).refuse([made])


def test_the_race_of_a_search_is_submitted_round_by_round_once_its_trials_are_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted: list[list[int]] = []
    sweep = Searched(tmp_path)
    first = sweep.launch()
    first.earlier()
    for number in range(TRIALS):
        trial = first.next()
        assert trial is not None
        assert trial.number == number
        sweep.finish(first, trial)

    def submit(cluster: ClusterFolder, launcher: SlurmLauncher, jobs: list[Job]) -> list[str]:
        submitted.append([made.number for made in jobs])
        race = (sweep.folder.read() or {})["race"] or {}
        assert [made.number - ROUND for made in jobs] == race["finalists"] or len(submitted) > 1
        for made, path in cluster.read().of([made.run_id for made in jobs]):
            sweep.write(path, made)
        return ["1"]

    for name in ("known_ids", "queued_ids"):
        monkeypatch.setattr(f"reviewlab.cluster.scheduler.{name}", lambda owner: set())
    monkeypatch.setattr("reviewlab.launching.slurm.submit", submit)
    monkeypatch.setattr("reviewlab.cluster.watch.LOOK", 0.01)
    settings = SweepSettings(name=tmp_path.name, baseline="none")
    planner: Any = SimpleNamespace(
        varied=["optimizer.lr"],
        fixed=[],
        experiment=lambda job: Small(job.number),
        baselines=Baselines(settings),
    )
    request: Any = SimpleNamespace(argv=["-m"], config={"logger": None}, settings=settings)
    source = sweep.launch(early=False)
    launch = ClusterLaunch(
        LaunchPlan(request, planner, source, sweep.folder, sweep.folders, [*source.race.rounds]),
        [],
        SlurmLauncher(),
        "none:none",
    )
    assert launch.run().code == 0
    assert len(submitted[0]) == TOP
    assert sum(map(len, submitted)) + TRIALS == source.total
    assert all(
        {number // ROUND for number in round_} == {k} for k, round_ in enumerate(submitted, 1)
    )
    assert len(ClusterFolder(tmp_path).read().jobs) == source.total
    assert "confirms the best trials of a search with 3 fresh seeds: " in sweep_status(
        ClusterFolder(tmp_path), set()
    )


def test_a_race_is_submitted_round_by_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round is submitted once the one before it has ended; nothing begins early."""
    submitted: list[list[int]] = []

    def submit(cluster: ClusterFolder, launcher: SlurmLauncher, jobs: list[Job]) -> list[str]:
        submitted.append([made.number for made in jobs])
        for made, path in cluster.read().of([made.run_id for made in jobs]):
            shutil.rmtree(path)
            row, seed = made.number % len(MEANS), made.number // len(MEANS)
            run(path, config(lr=row, seed=seed), MEANS[row] + NOISE[row, seed])
        return ["1"]

    for name in ("known_ids", "queued_ids"):
        monkeypatch.setattr(f"reviewlab.cluster.scheduler.{name}", lambda owner: set())
    monkeypatch.setattr("reviewlab.launching.slurm.submit", submit)
    monkeypatch.setattr("reviewlab.cluster.watch.LOOK", 0.01)
    said: list[str] = []
    folder, settings = SweepFolder(tmp_path), SweepSettings(name=tmp_path.name, baseline="none")
    planner: Any = SimpleNamespace(
        varied=["optimizer.lr", "seed"],
        fixed=[],
        experiment=lambda job: Small(job.number),
        baselines=Baselines(settings),
    )
    request: Any = SimpleNamespace(argv=["-m"], config={"logger": None}, settings=settings)
    folders: dict[str, Path] = {}
    plan = Plan(LABELS, None, RacePlan(LABELS, len(MEANS)))
    source = RaceSource(grid(), folders, settings, plan, False, said.append)
    launch = ClusterLaunch(
        LaunchPlan(request, planner, source, folder, folders, LABELS),
        grid(),
        SlurmLauncher(),
        "none:none",
    )
    assert launch.run().code == 0
    assert submitted[:2] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert sum(map(len, submitted)) == source.total < len(grid())
    assert len(submitted) == len(said)
    assert [made.number for made in ClusterFolder(tmp_path).read().jobs] == sorted(
        number for numbers in submitted for number in numbers
    )
