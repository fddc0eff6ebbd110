"""The figures of a leaderboard can be drawn for any varying settings."""

from pathlib import Path

import pytest
from tests.reporting.boards import NASTY, reported
from tests.reporting.folders import config, grid, run


def test_the_figures_are_pictures(tmp_path: Path) -> None:
    reported(tmp_path, grid(tmp_path)).figures()
    pictures = sorted((tmp_path / "figures").iterdir())
    assert [path.name for path in pictures] == [
        "learning_curves.png",
        "main_effects.png",
        "parameters_and_time.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


@pytest.mark.parametrize("configurations", [1, 2, 30])
def test_whatever_varies_is_drawn_without_a_word(tmp_path: Path, configurations: int) -> None:
    folders = []
    for number in range(configurations):
        options = {f"key_{k}_{'x' * 30}": f"{number % 2} $x_1$ 漢字 {NASTY}" for k in range(14)}
        settings = config(lr=number + 1.0, **options)
        folders.append(run(tmp_path / str(number), settings, number / 100))
    reporter = reported(tmp_path, folders)
    reporter.figures()
    assert (tmp_path / "figures" / "parameters_and_time.png").exists()
