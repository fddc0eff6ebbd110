"""The model card has the leaderboard's row, or the run's own result."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import handmade
from tests.ensembles.runs import STARS, finished_run
from tests.exporting.classifiers import small

from reviewlab.exporting.card import model_card
from reviewlab.exporting.results import read_results
from reviewlab.models import load_classifier
from reviewlab.reporting.files import write_csv
from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.runs.files import write_json, write_text

ROW = re.compile(r"^\| (.*?) \| (.*?) \|$", re.MULTILINE)


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """A sweep of two configurations with three seeds each."""
    folder = tmp_path / "my_sweep"
    for number in range(6):
        best = {"epoch": 2, "val/accuracy": 0.7 + number / 100, "val/loss": 1.0}
        finished_run(
            folder / "jobs" / f"{number:04d}-x-{number:012x}",
            number % 3,
            configuration_id="ab"[number // 3],
            best=best,
            test={"test/accuracy": 0.5 + number / 100},
            test_uses=number,
        )
    write_text(folder / "sweep.yaml", "metric: val/accuracy\nmode: max\nseeds: ['0', '1', '2']\n")
    return folder


def best_of(run: Path) -> Path:
    return run / "checkpoints" / "best.ckpt"


def rows(checkpoint: Path) -> dict[str, str]:
    card = model_card(load_classifier(checkpoint), read_results(checkpoint))
    return dict(ROW.findall(card.replace("\\", "")))


def test_a_run_of_a_sweep_has_its_row_of_the_leaderboard(sweep: Path) -> None:
    run = sweep / "jobs" / "0001-x-000000000001"
    shown = rows(best_of(run))
    board = read_leaderboard(sorted((sweep / "jobs").iterdir()), "val/accuracy", "max")
    write_csv(board, sweep)
    with (sweep / "leaderboard.csv").open() as file:
        line = next(row for row in csv.DictReader(file) if row["configuration_id"] == "a")
    assert shown["metric"] == "val/accuracy"
    assert float(shown["mean over the runs"]) == pytest.approx(float(line["mean"]), abs=1e-4)
    assert shown["n"] == line["n"] == "3"
    lower, upper = map(float, shown["95 % interval of the mean"].split(" to "))
    assert (lower, upper) == pytest.approx((float(line["lower"]), float(line["upper"])), abs=1e-4)
    assert shown["compared with the best"] == line["verdict"]
    assert shown["baseline: always the commonest class"] == "0.2000"
    assert shown["this model"] == "0.7100"
    assert shown["this model on the test set"] == "0.5100"
    assert shown["uses of the test set"] == "1"


def test_the_card_names_the_sweep_and_the_rank(sweep: Path) -> None:
    checkpoint = best_of(sweep / "jobs" / "0001-x-000000000001")
    card = model_card(load_classifier(checkpoint), read_results(checkpoint))
    assert "Rank 2 of 2 configurations in the sweep my_sweep." in card


def test_a_single_run_has_its_own_result(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run", 0)
    shown = rows(best_of(run))
    assert (shown["n"], shown["this model"]) == ("1", "0.5000")
    assert shown["95 % interval of the mean"] == "unknown"
    assert shown["this model on the test set"] == "not measured"
    assert shown["data fingerprint"].strip("`")


def test_an_ensemble_has_its_own_result(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "ensembles" / "x", 0)
    write_json(run / "members.json", [])
    assert rows(best_of(run))["this model"] == "0.5000"


def test_another_checkpoint_than_the_best_has_no_results(tmp_path: Path) -> None:
    run = finished_run(tmp_path / "run", 0)
    last = handmade.save(small(), run / "checkpoints" / "last.ckpt")
    assert read_results(last) is None
    alone = handmade.save(small(), tmp_path / "x.ckpt")
    assert read_results(alone) is None
    assert "Unknown: the checkpoint was exported" in model_card(load_classifier(alone), None)


@pytest.mark.parametrize(("target", "language"), [("DemoDataModule", "en"), ("x.Other", None)])
def test_the_front_matter_is_that_of_the_hub(target: str, language: str | None) -> None:
    model = handmade.classifier(STARS, data={"_target_": f"reviewlab.data.{target}"})
    _, front, _ = model_card(model, None).split("---\n", 2)
    content: dict[str, Any] = yaml.safe_load(front)
    assert content.get("language") == language
    assert content["pipeline_tag"] == "text-classification"
    assert content["metrics"] == ["accuracy"]


def test_labels_cannot_break_out_of_the_text() -> None:
    card = model_card(handmade.classifier(("a`b\n# c", "<script>")), None)
    assert "\n# c" not in card
    assert r"a\`b" in card
    assert r"\<script>" in card
