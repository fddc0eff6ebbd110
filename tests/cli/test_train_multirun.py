"""Several runs from one command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["data.reviews=300", "trainer.max_epochs=1", "model=mlp"]


def train(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "train.py"), *SMALL, *arguments],
        cwd=cwd,
        env={**os.environ, "PL_GLOBAL_SEED": "99"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def results(folder: Path) -> list[dict[str, Any]]:
    """Every run's result, in the order of their seeds."""
    found = [json.loads(f.read_text()) for f in folder.glob("outputs/runs/*/result.json")]
    return sorted(found, key=lambda result: result["seed"])


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seeds from one command line; the flag stands in the middle."""
    folder = tmp_path_factory.mktemp("sweep")
    done = train(folder, "-m", "seed=1,2")
    assert done.returncode == 0, done.stderr
    return folder


def test_each_job_has_its_own_seed_and_says_what_it_was_told(sweep: Path) -> None:
    assert [result["seed"] for result in results(sweep)] == [1, 2]
    assert [result["overrides"][-1] for result in results(sweep)] == ["seed=1", "seed=2"]


def test_nothing_but_the_run_folders_is_written(sweep: Path) -> None:
    assert [path.name for path in sweep.iterdir()] == ["outputs"]
    assert [path.name for path in (sweep / "outputs").iterdir()] == ["runs"]
    assert len(list((sweep / "outputs" / "runs").iterdir())) == 2


def test_the_second_job_is_what_it_is_alone(sweep: Path, tmp_path: Path) -> None:
    done = train(tmp_path, "seed=2")
    assert done.returncode == 0, done.stderr
    [alone] = results(tmp_path)
    second = results(sweep)[1]
    assert alone["run_id"] == second["run_id"]
    assert alone["best"]["val/loss"] == second["best"]["val/loss"]
    assert alone["last"]["train/loss"] == second["last"]["train/loss"]
