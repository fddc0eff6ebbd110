"""A run, read from its folder."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from tests.reporting.folders import config, run
from tests.runs.statuses import gone

import reviewlab
from reviewlab.runs.status import write_status


def test_it_tells_what_its_files_tell(trained: reviewlab.Run) -> None:
    result = json.loads((trained.path / "result.json").read_text(encoding="utf-8"))
    assert trained.result == result
    assert trained.state == "done"
    assert trained.config["trainer"]["max_epochs"] == 2
    assert trained.metrics["val/accuracy"] == result["best"]["val/accuracy"]
    assert all("/" in name for name in trained.metrics)
    assert trained.checkpoint == trained.path / "checkpoints" / "best.ckpt"


def test_a_curve_has_a_row_an_epoch(trained: reviewlab.Run) -> None:
    curves = trained.curves()
    assert curves["epoch"].tolist() == [1, 2]
    losses = [epoch["val/loss"] for epoch in trained.result["curves"]]
    assert curves["val/loss"].tolist() == losses


def test_without_pandas_curves_are_columns(
    trained: reviewlab.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = trained.curves()
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert trained.curves() == table.to_dict("list")


def test_its_own_predictions_are_of_the_reviews_that_it_was_validated_on(
    trained: reviewlab.Run,
) -> None:
    answers = trained.predictions()
    right = (answers["label"] == answers["prediction"]).mean()
    assert right == pytest.approx(trained.metrics["val/accuracy"], abs=1e-6)
    again = trained.load().predict(answers["text"])
    columns = [name for name in again if name.startswith("probability_")]
    pd.testing.assert_frame_equal(again[columns], answers[columns], check_dtype=False, atol=1e-6)


def test_its_name_is_as_short_as_it_can_be(
    trained: reviewlab.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(trained.path.parent)
    assert repr(trained) == f"<Run {trained.path.name}: done>"


def test_a_run_that_goes_on_has_no_result(tmp_path: Path) -> None:
    going = reviewlab.Run(run(tmp_path / "going", config(), state="running"))
    assert going.state == "running"
    for read in (lambda: going.result, lambda: going.metrics, going.curves, going.predictions):
        with pytest.raises(reviewlab.InputError):
            read()


def test_a_run_whose_process_is_gone_was_killed(tmp_path: Path) -> None:
    killed = reviewlab.Run(run(tmp_path / "killed", config(), state="running"))
    write_status(killed.path, gone())
    assert killed.state == "killed"
    assert repr(killed).endswith(": killed>")
    with pytest.raises(reviewlab.InputError, match="has no result because it is killed"):
        _ = killed.result


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    damaged = reviewlab.Run(run(tmp_path / "damaged", config()))
    for name in ("result.json", "status.json"):
        (damaged.path / name).write_text("{", encoding="utf-8")
    for read in (lambda: damaged.result, lambda: damaged.state):
        with pytest.raises(reviewlab.InputError, match=r"path: .* cannot be read"):
            read()


def test_what_is_no_run_is_refused(tmp_path: Path, trained: reviewlab.Run) -> None:
    for path in (tmp_path, tmp_path / "none", trained.checkpoint):
        with pytest.raises(reviewlab.InputError, match="path: "):
            reviewlab.Run(path)
