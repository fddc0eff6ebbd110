"""The learning curve of a configuration is the mean of its seeds'."""

from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, run

from reviewlab.reporting.curves import mean_curve


def curved(folder: Path, *seeds: list[float]) -> Path:
    """A configuration, with a run for each of these curves of val/accuracy."""
    for seed, values in enumerate(seeds):
        curves = [{"epoch": epoch, "val/accuracy": value} for epoch, value in enumerate(values)]
        run(folder / str(seed), config(seed=seed), curves=curves)
    return folder


def test_the_mean_lies_between_the_lowest_and_the_highest_seed(tmp_path: Path) -> None:
    folder = curved(tmp_path, [0.25, 0.5], [0.75, 1.0], [0.5, 0.75])
    curve = mean_curve(board([*folder.iterdir()]).lines[0])
    assert curve.epochs == [1, 2]
    assert curve.mean == pytest.approx([0.5, 0.75])
    assert (curve.low, curve.high) == ([0.25, 0.5], [0.75, 1.0])


def test_the_mean_ends_where_a_seed_has_stopped(tmp_path: Path) -> None:
    folder = curved(tmp_path, [0.25, 0.5, 0.75], [0.75, 1.0])
    assert mean_curve(board([*folder.iterdir()]).lines[0]).epochs == [1, 2]


def test_seeds_without_a_common_epoch_have_no_mean(tmp_path: Path) -> None:
    folder = curved(tmp_path, [0.25], [])
    assert mean_curve(board([*folder.iterdir()]).lines[0]).epochs == []
