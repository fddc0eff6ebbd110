"""Jobs packed into allocations, and allocations into arrays. No SLURM."""

import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.cluster.shaped import job

from reviewlab.cluster import submission
from reviewlab.cluster.launcher import SlurmLauncher
from reviewlab.cluster.plan import ClusterFolder
from reviewlab.cluster.submission import packed, submit
from reviewlab.exceptions import InputError


def test_jobs_that_share_an_allocation_are_alike() -> None:
    jobs = [job(n, devices=1 + n % 2) for n in range(7)]
    packs = [[made.number for made in pack] for pack in packed(jobs, 3)]
    assert packs == [[0, 2, 4], [6], [1, 3, 5]]


class Executor:
    """A fake executor of submitit with ids of its own."""

    arrays: ClassVar[list[dict[str, Any]]] = []
    refusal = ""

    def __init__(self, folder: Path, python: str) -> None:
        self.python = python

    def update_parameters(self, **parameters: Any) -> None:
        self.arrays.append({"parameters": parameters, "packs": [], "python": self.python})

    def batch(self) -> "Executor":
        return self

    def __enter__(self) -> None:
        self.slurm = [name for name in os.environ if name.startswith("SLURM_")]

    def __exit__(self, *error: object) -> None:
        if self.refusal:
            raise RuntimeError(self.refusal)

    def submit(self, work: Any, sweep: str, pack: list[str], launcher: SlurmLauncher) -> Any:
        assert self.slurm == []
        self.arrays[-1]["packs"].append(pack)
        number = f"{len(self.arrays)}_{len(self.arrays[-1]['packs']) - 1}"
        return type("Handle", (), {"job_id": number})


@pytest.fixture
def arrays(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Record the submitted arrays, of two allocations at most."""
    submitit = pytest.importorskip("submitit")
    monkeypatch.setattr(submitit, "SlurmExecutor", Executor)
    monkeypatch.setattr(Executor, "arrays", [])
    monkeypatch.setattr(submission.scheduler, "largest_array", lambda: 2)
    monkeypatch.setattr(submission, "snapshot", lambda folder: folder / "src")
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    return Executor.arrays


def test_an_array_that_is_too_large_is_cut_and_the_rest_waits_for_it(
    arrays: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = ClusterFolder(tmp_path)
    folder.path.mkdir()
    jobs = [job(n) for n in range(5)] + [job(5, devices=2)]
    identities = submit(folder, SlurmLauncher(python="python3", setup=["module load x"]), jobs)
    assert identities == ["1_0", "1_1", "2_0", "2_1", "3_0", "4_0"]
    assert [len(array["packs"]) for array in arrays] == [2, 2, 1, 1]
    waits = [array["parameters"].get("dependency") for array in arrays]
    assert waits == [None, "afterany:1", "afterany:2", None]
    assert [array["parameters"]["cpus_per_task"] for array in arrays] == [1, 1, 1, 2]
    first, *_ = arrays
    assert first["parameters"]["setup"] == [
        "module load x",
        f"export PYTHONPATH={folder.code}/src${{PYTHONPATH:+:$PYTHONPATH}}",
    ]
    assert folder.allocations()["4_0"] == [f"{5:012x}"]
    assert os.environ["SLURM_JOB_ID"] == "1"


def test_the_first_thing_that_an_allocation_does_is_to_ignore_the_signal(
    arrays: list[dict[str, Any]], tmp_path: Path
) -> None:
    folder = ClusterFolder(tmp_path)
    folder.path.mkdir()
    submit(folder, SlurmLauncher(python="python3"), [job()])
    [array] = arrays
    assert array["python"] == f"/bin/sh {folder.path}/python.sh"
    lines = (folder.path / "python.sh").read_text().splitlines()
    assert lines == ["trap '' USR1", 'exec python3 "$@"']


def test_what_slurm_refuses_is_told_by_its_last_line(
    arrays: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ClusterFolder(tmp_path)
    folder.path.mkdir()
    monkeypatch.setattr(Executor, "refusal", "sbatch failed\nsbatch: error: no partition 'x'")
    with pytest.raises(
        InputError, match=r"SLURM rejected the jobs: sbatch: error: no partition 'x'$"
    ):
        submit(folder, SlurmLauncher(), [job()])
    assert folder.allocations() == {}
    assert os.environ["SLURM_JOB_ID"] == "1"
