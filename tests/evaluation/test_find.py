"""The checkpoint that a file, a run folder or a sweep folder stands for."""

from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run

from reviewlab.evaluation.find import find_checkpoint
from reviewlab.exceptions import InputError
from reviewlab.sweeps.folder import SweepFolder


def with_checkpoint(folder: Path) -> Path:
    best = folder / "checkpoints" / "best.ckpt"
    best.parent.mkdir(parents=True)
    best.touch()
    return best


def refusal(named: str | None) -> str:
    with pytest.raises(InputError) as raised:
        find_checkpoint(named)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_file_is_itself(tmp_path: Path) -> None:
    best = with_checkpoint(tmp_path)
    assert find_checkpoint(str(best)) == str(best)


def test_a_run_is_its_best_epoch(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", config())
    best = with_checkpoint(folder)
    assert find_checkpoint(str(folder)) == str(best)
    assert find_checkpoint(str(best.parent)) == str(best)


def test_a_home_is_meant_by_its_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    best = with_checkpoint(run(tmp_path / "run", config()))
    assert find_checkpoint("~/run") == str(best)


@pytest.mark.parametrize(("mode", "place"), [("max", 11), ("min", 0)])
def test_a_sweep_is_the_best_seed_of_its_winner(
    tmp_path: Path, mode: str, place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = grid(tmp_path)
    for folder in folders:
        with_checkpoint(folder)
    SweepFolder(tmp_path).write({"metric": "val/accuracy", "mode": mode})
    best = folders[place] / "checkpoints" / "best.ckpt"
    assert find_checkpoint(str(tmp_path)) == str(best)
    assert capsys.readouterr().err.startswith("winner by val/accuracy: ")


def test_what_has_no_checkpoint_is_refused(tmp_path: Path) -> None:
    for unset in (None, ""):
        assert refusal(unset).startswith("checkpoint: missing; give a run folder, a sweep")
    assert refusal(str(tmp_path / "none")).endswith("does not exist")
    assert "neither a run nor a sweep; allowed: a run folder" in refusal(str(tmp_path))
    young = run(tmp_path / "young", config(), state="running")
    assert "has no checkpoints/best.ckpt; allowed: a run that has finished" in refusal(str(young))


def test_a_sweep_that_has_measured_nothing_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "jobs" / "0000", config(), state="failed")
    assert "has measured val/accuracy yet; allowed: a run folder" in refusal(str(tmp_path))


def test_a_sweep_over_different_data_has_no_single_winner(tmp_path: Path) -> None:
    for fingerprint in ("a", "b"):
        run(tmp_path / "jobs" / fingerprint, config(), data_fingerprint=fingerprint)
    assert "has a winner for each of 2 data sets; allowed: the folder" in refusal(str(tmp_path))
