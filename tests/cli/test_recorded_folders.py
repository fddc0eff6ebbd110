"""Today's code reads, resumes and reports what an earlier version wrote."""

from pathlib import Path

import pytest
from tests.cli.processes import read, script, train
from tests.recorded import FOLDER, copy_of

SWEEP = [
    *("-m", "data=demo", "data.reviews=300", "trainer.max_epochs=1"),
    *("model.hidden_size=4", "model.embedding_size=4"),
    *("optimizer.lr=1e-2,1e-3", "seed=0,1", "sweep.name=old", "sweep.allow_changes=true"),
]
DEMO_BEST = {
    "train/loss": 0.3833,
    "train/accuracy": 0.8951,
    "val/loss": 0.3974,
    "val/accuracy": 0.8990,
}
"""The results of `experiment=demo` in an earlier version; other processors differ slightly."""


def identity(result: dict[str, object]) -> dict[str, object]:
    return {key: result[key] for key in ("run_id", "configuration_id", "data_fingerprint")}


def test_a_run_goes_on(tmp_path: Path) -> None:
    folder = copy_of("run", tmp_path / "outputs" / "runs" / "old")
    before = read(folder / "result.json")
    done = train(tmp_path, f"resume={folder}", "trainer.max_epochs=4")
    assert done.code == 0, done.err
    after = read(folder / "result.json")
    assert len(after["curves"]) == 4
    assert after["curves"][:2] == before["curves"]
    assert after["data_fingerprint"] == before["data_fingerprint"]


def test_a_run_is_run_again_as_the_same_experiment(tmp_path: Path) -> None:
    done = train(tmp_path, f"rerun={FOLDER / 'run'}", f"outputs={tmp_path / 'outputs'}")
    assert done.code == 0, done.err
    before = read(FOLDER / "run" / "result.json")
    assert identity(done.result) == identity(before)
    for name in ("val/loss", "val/accuracy", "train/loss"):
        assert done.result["best"][name] == pytest.approx(before["best"][name], abs=1e-3), name


def test_a_checkpoint_is_measured_as_it_was(tmp_path: Path) -> None:
    folder = copy_of("run", tmp_path / "run")
    checkpoint, output = folder / "checkpoints" / "best.ckpt", tmp_path / "report.json"
    arguments = (f"checkpoint={checkpoint}", "split=validation", f"output={output}")
    done = script("evaluate", tmp_path, *arguments)
    assert done.code == 0, done.err
    best = read(folder / "result.json")["best"]
    for name, value in read(output)["metrics"].items():
        assert value == pytest.approx(best[name], abs=1e-4), name


def test_a_checkpoint_classifies_a_text(tmp_path: Path) -> None:
    checkpoint = FOLDER / "run" / "checkpoints" / "best.ckpt"
    done = script("predict", tmp_path, f"checkpoint={checkpoint}", "text=a great plot")
    assert done.code == 0, done.err
    assert done.out.startswith("prediction: ")


def test_a_sweep_goes_on_with_the_job_that_is_missing(tmp_path: Path) -> None:
    folder = copy_of("sweep", tmp_path / "outputs" / "sweeps" / "old")
    before = {path.parent.name: path.read_bytes() for path in folder.glob("jobs/*/result.json")}
    done = train(tmp_path, *SWEEP)
    assert done.code == 0, done.err
    assert "jobs 4, slots" in done.err
    assert len([*folder.glob("jobs/*/result.json")]) == 4
    assert all(
        (folder / "jobs" / name / "result.json").read_bytes() == kept
        for name, kept in before.items()
    )
    assert "2 configurations, 4 runs" in done.out
    assert (folder / "leaderboard.md").is_file()


def test_a_sweep_is_reported(tmp_path: Path) -> None:
    folder = copy_of("sweep", tmp_path / "old")
    done = script("report", tmp_path, str(folder))
    assert done.code == 0, done.err
    assert "2 configurations, 3 runs" in done.out
    assert "lr" in done.out


def test_the_demo_has_its_figures(tmp_path: Path) -> None:
    done = train(tmp_path, "experiment=demo")
    assert done.code == 0, done.err
    for name, value in DEMO_BEST.items():
        assert done.result["best"][name] == pytest.approx(value, abs=0.02), name
