"""`scripts/ensemble.py` turns runs of a sweep into a checkpoint that all scripts accept."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.cli.processes import script, train

from reviewlab.cli.ensemble import is_folder, main
from reviewlab.explaining.scoring import score
from reviewlab.models import load_classifier
from reviewlab.runs.validation import read_validation

SWEEP = ["-m", "experiment=demo", "data.reviews=300", "trainer.max_epochs=2", "sweep.name=four"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four trained runs, two models with two text encoders each."""

    folder = tmp_path_factory.mktemp("four")
    done = train(folder, *SWEEP, "model=lstm,cnn", "data/text=words,bpe", "seed=0")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def here(swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(swept / "outputs", tmp_path / "outputs")
    monkeypatch.setenv("REVIEWLAB_CACHE", str(swept / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_runs_of_a_sweep_become_one_checkpoint(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["outputs/sweeps/four", "size=3", "metric=loss"])
    out = capsys.readouterr().out
    assert out.startswith("4 runs, chosen by val/loss on 48 validation reviews\n")
    [folder] = (here / "outputs" / "ensembles").iterdir()
    assert f"-> {folder.relative_to(here)}\n" in out
    members = json.loads((folder / "members.json").read_text())
    texts = ["slow start, but worth it", "a superb film"]
    own = (score(load_classifier(f"{m['run']}/checkpoints/best.ckpt"), texts) for m in members)
    parts = [s.probabilities * m["weight"] for s, m in zip(own, members, strict=True)]
    best = load_classifier(folder / "checkpoints" / "best.ckpt")
    np.testing.assert_allclose(
        score(best, texts).probabilities, sum(parts) / sum(m["weight"] for m in members), atol=1e-6
    )


def test_the_other_programs_take_it(here: Path) -> None:
    made = script("ensemble", here, "outputs/sweeps/four", "name=mine", "size=4", "metric=loss")
    assert made.code == 0, made.err
    [folder] = (here / "outputs" / "ensembles").iterdir()
    assert folder.name.endswith("-mine")
    checkpoint, text = f"checkpoint={folder}", "text=slow start, but worth it"
    for program, arguments in {
        "predict": [text],
        "explain": [text],
        "errors": [],
        "evaluate": ["output=test.json"],
    }.items():
        done = script(program, here, checkpoint, *arguments)
        assert done.code == 0, done.err
    assert json.loads((here / "test.json").read_text())["test_uses"] == 1
    assert json.loads((folder / "result.json").read_text())["test_uses"] == 1


def test_every_run_of_a_sweep_shares_the_file_of_its_reviews(swept: Path) -> None:
    [shared] = (swept / "outputs" / "splits").iterdir()
    jobs = [*(swept / "outputs" / "sweeps" / "four" / "jobs").iterdir()]
    assert len(jobs) == 4
    for job in jobs:
        assert (job / "validation_reviews.npz").samefile(shared)
        assert not [*job.glob("*.tmp")]
        result = json.loads((job / "result.json").read_text())
        kept = read_validation(job)
        right = kept.probabilities.argmax(1) == kept.reviews.labels
        assert right.mean() == pytest.approx(result["best"]["val/accuracy"], abs=1 / 48)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["size=0"], "size: 0 is not allowed"),
        (["metric=f1"], "metric: 'f1' is not allowed"),
        (["siz=3"], "siz: no such key"),
        (["nowhere"], "folder: 'nowhere' does not exist; allowed: a folder of runs"),
    ],
)
def test_a_mistake_is_one_line(
    here: Path, refused: Callable[..., str], arguments: list[str], reason: str
) -> None:
    assert reason in refused(main, ["outputs/sweeps/four", *arguments])
    assert not (here / "outputs" / "ensembles").exists()


def test_a_folder_has_to_be_given(refused: Callable[..., str]) -> None:
    assert "folder: missing" in refused(main, ["size=2"])


def test_runs_of_another_split_are_refused(
    here: Path, refused: Callable[..., str], train_here: Callable[..., object]
) -> None:
    train_here(here, *SWEEP[1:-2], "trainer.max_epochs=1", "data.split_seed=7")
    message = refused(main, ["outputs/sweeps/four", "outputs/runs"])
    assert "have different validation reviews; " in message


def test_a_folder_may_have_a_name_with_a_sign_of_equality(tmp_path: Path) -> None:
    (tmp_path / "lr=1").mkdir()
    assert is_folder(str(tmp_path / "lr=1"))
    assert is_folder("outputs/sweeps/four")
    assert not is_folder("size=3")
    assert not is_folder("--help")
