"""The figures of the notes are drawn from measurements."""

from pathlib import Path

import numpy as np
from matplotlib.image import imread
from tests.notes.folders import note_run

from reviewlab.notes.figures import draw_lengths, draw_losses, draw_metric
from reviewlab.notes.measured import read_measured


def test_each_experiment_that_ran_has_a_panel(tmp_path: Path) -> None:
    names = [f"imdb/{letter}" for letter in "abcde"]
    metrics = {"val/loss": 0.5, "val/accuracy": 0.8}
    measurements = read_measured(
        [note_run(tmp_path / "runs", name, metrics=metrics) for name in names]
    )
    draw_losses(names[:1], measurements, one := tmp_path / "one.png")
    draw_losses([*names, "imdb/never"], measurements, five := tmp_path / "five.png")
    assert imread(five).shape[0] == 2 * imread(one).shape[0]  # four panels in a row
    assert imread(five).shape[1] == imread(one).shape[1]


def test_where_nothing_ran_nothing_is_drawn(tmp_path: Path) -> None:
    draw_losses(["imdb/never"], {}, tmp_path / "a.png")
    draw_metric({}, ["imdb/never"], "train/loss", tmp_path / "b.png")
    assert not list(tmp_path.iterdir())


def test_a_run_without_validation_is_drawn(tmp_path: Path) -> None:
    measurements = read_measured(
        [note_run(tmp_path / "runs", "imdb/a", metrics={"train/accuracy": 0.7})]
    )
    draw_losses(["imdb/a"], measurements, tmp_path / "a.png")
    draw_metric(measurements, ["imdb/a"], "train/loss", tmp_path / "b.png")
    assert imread(tmp_path / "a.png").std() > 0 and imread(tmp_path / "b.png").std() > 0


def test_lengths_have_a_panel_a_data_set(tmp_path: Path) -> None:
    lengths = np.random.default_rng(0).integers(1, 500, 300)
    draw_lengths({"imdb": lengths, "netflix": lengths // 9 + 1}, path := tmp_path / "x.png")
    picture = imread(path)
    half = picture.shape[1] // 2
    assert picture[:, :half].std() > 0 and picture[:, half:].std() > 0
