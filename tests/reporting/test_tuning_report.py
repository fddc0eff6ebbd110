"""The option `--tuning-curves` of `scripts/report.py`."""

from pathlib import Path

import pytest
import yaml
from tests.reporting.folders import config, run

from reviewlab.cli.report import main
from reviewlab.exceptions import InputError
from reviewlab.reporting.tuning_report import refuse_dependent_trials
from reviewlab.runs.files import write_text


def sweep(folder: Path, search: dict | None = None) -> Path:
    for model, rates in (("lstm", 5), ("gru", 3)):
        for rate in range(1, rates + 1):
            settings = config(model.upper(), lr=rate / 100, size=8)
            run(
                folder / "jobs" / f"{model}-{rate}",
                settings,
                0.6 + rate / 100 + 0.1 * (model == "lstm"),
                overrides=(f"model={model}", f"optimizer.lr={rate / 100}"),
            )
    write_text(folder / "sweep.yaml", yaml.safe_dump({"metric": "val/accuracy", "search": search}))
    return folder


def test_the_curves_are_printed_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(sweep(tmp_path)), "--tuning-curves", "--figures", "svg"])
    out = capsys.readouterr().out
    assert "tuning curves: val/accuracy of the best of k random trials" in out
    assert "After 2 trials each, lstm reaches 0.7400, gru reaches 0.6300" in " ".join(out.split())
    figures = tmp_path / "figures"
    assert out.endswith(f"figure: {figures / 'tuning_curve.svg'}\n")
    assert (figures / "tuning_curve.png").read_bytes().startswith(b"\x89PNG")
    assert (figures / "tuning_curve.svg").read_bytes().startswith(b"<?xml")


def test_the_curves_are_left_out_unless_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(sweep(tmp_path))])
    assert "tuning" not in capsys.readouterr().out
    assert not (tmp_path / "figures" / "tuning_curve.png").exists()


def test_trials_that_depend_on_each_other_are_refused() -> None:
    refuse_dependent_trials({"search": None})
    refuse_dependent_trials({"search": {"sampler": "random"}})
    for search in ({"sampler": "tpe"}, {}):
        with pytest.raises(InputError, match=r"allowed: a grid, or .*sampler=random"):
            refuse_dependent_trials({"search": search})
    with pytest.raises(InputError, match=r"allowed: the folder of one sweep"):
        refuse_dependent_trials({})


def test_they_are_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep(tmp_path, {"space": {}, "objectives": {}, "sampler": "tpe"})
    with pytest.raises(SystemExit) as left:
        main([str(folder), "--tuning-curves", "model"])
    assert left.value.code == 2
    assert "tuning-curves: tpe chose the trials" in capsys.readouterr().err
    assert not (tmp_path / "leaderboard.md").exists()
