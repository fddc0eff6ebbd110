"""The figures of a leaderboard can be drawn for any varying settings."""

from pathlib import Path

import pytest
from tests.reporting.boards import NASTY, reported
from tests.reporting.folders import config, grid, run

from reviewlab.reporting.figures.style import Format


def test_the_figures_are_pictures(tmp_path: Path) -> None:
    reported(tmp_path, grid(tmp_path)).figures()
    pictures = sorted((tmp_path / "figures").iterdir())
    assert [path.name for path in pictures] == [
        "learning_curves.png",
        "main_effects.png",
        "parameters_and_time.png",
        "ranking.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


@pytest.mark.parametrize(
    ("format_", "begin"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_for_print_they_are_drawn_again(format_: Format, begin: bytes, tmp_path: Path) -> None:
    reporter = reported(tmp_path, grid(tmp_path))
    reporter.figures()
    small = (tmp_path / "figures" / "ranking.png").stat().st_size
    drawn = reporter.figures(format_)
    assert [path.name for path in drawn] == [
        f"{name}.{format_}"
        for name in ("ranking", "learning_curves", "main_effects", "parameters_and_time")
    ]
    contents = [path.read_bytes() for path in drawn]
    assert all(content.startswith(begin) for content in contents)
    assert reporter.figures(format_) == drawn
    assert [path.read_bytes() for path in drawn] == contents  # the same picture is the same file
    larger = (tmp_path / "figures" / "ranking.png").stat().st_size > 2 * small
    assert larger == (format_ == "png")


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
