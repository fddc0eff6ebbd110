"""The look of figures, and their files."""

from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import config, run

from reviewlab.reporting.figures.style import make_figure, name_of, save


def test_a_failed_save_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "a.nonsense"
    path.write_text("before")
    with pytest.raises(ValueError, match="nonsense"):
        save(make_figure(2, 2)[0], path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["before"]


def test_a_png_has_the_pixels_that_are_asked_for(tmp_path: Path) -> None:
    figure, _ = make_figure(2, 1)
    sizes = []
    for dpi in (100, 300):
        save(figure, tmp_path / "a.png", dpi)
        header = (tmp_path / "a.png").read_bytes()[16:24]
        sizes.append((int.from_bytes(header[:4]), int.from_bytes(header[4:])))
    assert sizes == [(200, 100), (600, 300)]


def test_a_line_is_named_by_its_rank_and_what_fits_of_its_settings(tmp_path: Path) -> None:
    keys = {f"a_long_key_{letter}": letter * 30 for letter in "abcdef"}
    run(tmp_path / "a", config(lr=1, **keys), 0.9)
    run(tmp_path / "b", config(lr=2), 0.8)
    made = board([tmp_path / "a", tmp_path / "b"])
    first, second = (name_of(made, line) for line in made.lines)
    assert first.startswith("1: a_long_key_a=aaa") and first.endswith("…")
    assert all(len(row) <= 45 for row in first.splitlines()) and first.count("\n") == 1
    assert second.startswith("2: ")
