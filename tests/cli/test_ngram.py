"""The n-gram model from the command line: trained, compared with a network, and used."""

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.cli.processes import Done, curves, once, read, script, train

from reviewlab.runs.folder import NGRAM_BASELINE

SMALL = ["data.reviews=300", "logger=none"]
TEXT = "the film was not good , but the ending was bright"
OTHERS = ["model=lstm,ngram", "seed=0,1", "trainer.max_epochs=2"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Done:
    def make(cwd: Path) -> Done:
        return train(cwd, "model=ngram", *SMALL, "trainer.max_epochs=5")

    done = once(tmp_path_factory, "ngram", make)
    assert done.code == 0, done.err
    return done


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Done:
    def make(cwd: Path) -> Done:
        return train(cwd, "-m", *SMALL, *OTHERS, "sweep.name=both")

    done = once(tmp_path_factory, "both", make)
    assert done.code == 0, done.err
    return done


def folder_of(factory: pytest.TempPathFactory, name: str) -> Path:
    base = factory.getbasetemp()
    return next(p / name for p in (base, base.parent) if (p / name).is_dir())


def leaderboard(cwd: Path, name: str) -> list[dict[str, str]]:
    with (cwd / "outputs" / "sweeps" / name / "leaderboard.csv").open(newline="") as file:
        return [*csv.DictReader(file)]


def test_it_learns_in_a_step_an_epoch(whole: Done) -> None:
    assert [epoch["step"] for epoch in whole.result["curves"]] == [1, 2, 3, 4, 5]
    assert whole.result["last"]["train/accuracy"] > 0.9
    assert "arning" not in whole.err


def test_a_resumed_run_is_the_whole_one(whole: Done, tmp_path: Path) -> None:
    short = train(tmp_path, "model=ngram", *SMALL, "trainer.max_epochs=2")
    assert short.code == 0, short.err
    done = train(tmp_path, f"resume={short.folder}", "trainer.max_epochs=5")
    assert done.code == 0, done.err
    assert curves(done.result) == curves(whole.result)
    last = "checkpoints/last.ckpt"
    weights, expected = (
        torch.load(folder / last, weights_only=True)["state_dict"]
        for folder in (done.folder, whole.folder)
    )
    assert weights.keys() == expected.keys()
    assert all(torch.equal(weights[name], expected[name]) for name in expected)


def test_its_checkpoint_is_used_where_nothing_else_is(whole: Done, tmp_path: Path) -> None:
    moved = tmp_path / "moved.ckpt"
    shutil.copy(whole.folder / "checkpoints" / "best.ckpt", moved)
    predicted = script("predict", tmp_path, f"checkpoint={moved}", f"text={TEXT}")
    assert predicted.code == 0, predicted.err
    answer = re.search(r"\b([1-5])\b", predicted.out)
    assert answer
    explained = script("explain", tmp_path, f"checkpoint={moved}", f"text={TEXT}")
    assert explained.code == 0, explained.err
    assert "effects add up" in explained.out and "bright" in explained.out


def test_its_run_is_measured_as_it_was_validated(whole: Done, tmp_path: Path) -> None:
    accuracy = whole.result["best"]["val/accuracy"]
    shutil.copytree(whole.folder, tmp_path / "run")
    measured = script("evaluate", tmp_path, "checkpoint=run", "split=validation")
    assert measured.code == 0, measured.err
    assert f"{accuracy:.4f}" in measured.out
    wrong = script("errors", tmp_path, "checkpoint=run", "split=validation")
    assert wrong.code == 0, wrong.err
    assert re.search(rf"\b{round(60 * (1 - accuracy))}\b", wrong.out)


def test_a_network_and_ngrams_are_one_table(
    both: Done, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cwd = folder_of(tmp_path_factory, "both")
    rows = leaderboard(cwd, "both")
    assert {row["model"] for row in rows} == {"lstm", "ngram"}
    assert not {"data.text", "optimizer"} & rows[0].keys()  # they follow from the model
    assert "2 configurations, 4 runs" in both.out
    assert "arning" not in both.err


def test_the_baseline_is_told_once_and_stands_beside_the_table(
    both: Done, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cwd = folder_of(tmp_path_factory, "both")
    [told] = re.findall(r"^n-gram baseline: (0\.\d{4}) \(\d+\.\d s\)$", both.err, re.MULTILINE)
    assert f"n-grams (model=ngram): {told}" in both.out
    values = {row["ngram_baseline"] for row in leaderboard(cwd, "both")}
    assert [f"{float(value):.4f}" for value in values] == [told]
    kept = [read(job / NGRAM_BASELINE) for job in (cwd / "outputs/sweeps/both/jobs").iterdir()]
    assert len(kept) == 4 and all(each == kept[0] for each in kept)


def sweep(cwd: Path, *arguments: str) -> Done:
    done = train(cwd, "-m", *SMALL, "trainer.max_epochs=1", "sweep.name=s", *arguments)
    assert done.code == 0, done.err
    return done


def test_a_sweep_that_wants_no_baseline_has_none(tmp_path: Path) -> None:
    done = sweep(tmp_path, "model=ngram", "seed=0,1", "sweep.baseline=none")
    assert "n-gram" not in done.err and "n-grams (" not in done.out
    assert not [*tmp_path.rglob(NGRAM_BASELINE)] and not [*tmp_path.rglob("ngram_baselines")]
    assert {row["ngram_baseline"] for row in leaderboard(tmp_path, "s")} == {""}


def test_a_sweep_over_splits_tells_a_range(tmp_path: Path) -> None:
    done = sweep(tmp_path, "model=ngram", "data.split_seed=1,2,3")
    told = sorted(re.findall(r"^n-gram baseline: (0\.\d{4}) ", done.err, re.MULTILINE))
    assert len(told) == 3 and told[0] < told[-1]
    assert f"n-grams (model=ngram): {told[0]} to {told[-1]}" in done.out


def test_the_dry_run_shows_both_and_leaves_no_baseline(tmp_path: Path) -> None:
    done = train(tmp_path, "-m", *SMALL, *OTHERS, "sweep.dry_run=true")
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    jobs: list[Any] = [line for line in lines if line and line[0].isdigit() and "ngram" in line]
    assert [line[:3] for line in jobs] == [["1", "0", "ngram"], ["3", "1", "ngram"]]
    assert [line[4] for line in jobs] == ["2", "2"]  # one step per epoch
    assert "arning" not in done.err and "n-gram baseline" not in done.err
    assert not (tmp_path / "outputs").exists()
    assert not [*tmp_path.rglob("ngram_baselines")]


@pytest.mark.parametrize("method", ["gradient", "nonsense"])
def test_a_method_that_is_not_possible_is_a_line(whole: Done, tmp_path: Path, method: str) -> None:
    words = [f"checkpoint={whole.folder}", f"text={TEXT}"]
    done = script("explain", tmp_path, *words, f"method={method}")
    assert done.code == 2
    [line] = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert line.startswith(f"error: method: '{method}' is not ")
    assert "weights" in line.partition("allowed: ")[2]
    assert script("explain", tmp_path, *words, "method=weights").code == 0
