"""The figures of the page have the numbers of the leaderboard."""

import re
from pathlib import Path

import pytest
from tests.reporting.folders import config, grid, run
from tests.reporting.page.pages import written

from reviewlab.reporting.cells import effect_lines, notes, number
from reviewlab.reporting.page.pairs import key_levels
from reviewlab.reporting.page.scale import FEW


def test_figures_have_the_leaderboards_numbers(tmp_path: Path) -> None:
    grid(tmp_path)
    page, board = written(tmp_path)
    lines, effects = effect_lines(board), len(board.effects)
    captions = {line.partition(": ")[2] for line in lines[:effects]}
    sentences = {*notes(board), *captions, *lines[effects:]}
    assert sentences <= {text.strip() for text in page.texts}
    for place, effect in enumerate(board.effects):
        drawn = page.data["figures"][f"effect-{place}"]["data"]
        assert len(drawn) <= 2  # one trace per colour, since a thousand would take seconds to draw
        points = [
            point
            for trace in drawn
            for point in zip(trace["text"], trace["y"], trace["error_y"]["array"], strict=True)
        ]
        found = {text.partition(": ")[2]: (y, half) for text, y, half in points}
        for level in effect.levels:
            half = level.half if level.difference else None
            assert found[number(level.mean)] == (level.mean, half)
        assert sorted(x for trace in drawn for x in trace["x"]) == [*range(len(effect.levels))]
    for line, traces in zip(board.lines, page.data["curves"], strict=True):
        *seeds, _, mean = traces
        assert mean["y"][-1] == pytest.approx(line.mean, rel=1e-4)
        for row, trace in zip(line.rows, seeds, strict=True):
            assert trace["y"] == pytest.approx([value for _, value in row.curve], rel=1e-4)
            assert trace["meta"] == row.seed


def test_a_cell_of_two_keys_is_the_mean_of_its_runs(tmp_path: Path) -> None:
    grid(tmp_path)
    page, board = written(tmp_path)
    model, lr = key_levels(board)
    figure = page.data["pairs"]["0,1"]["figure"]
    drawn = figure["data"][0]
    for i, line in enumerate(board.lines):
        cell = drawn["z"][lr.of[i]][model.of[i]]
        assert cell == pytest.approx(line.mean, rel=1e-4)
        assert drawn["text"][lr.of[i]][model.of[i]] == f"{number(line.mean)}<br>3 runs"
    assert figure["layout"]["xaxis"]["ticktext"] == list(model.labels)
    assert "so they can be compared" in page.data["pairs"]["0,1"]["note"]


def test_a_range_is_told_to_its_upper_end(tmp_path: Path) -> None:
    for place in range(FEW + 1):
        lr, decay = 1.234e-5 * 1.3**place, (place * 5 % 13 + 1.5) * 1.11e-6
        run(tmp_path / str(place), config(lr=lr, decay=decay))
    page, _ = written(tmp_path)
    figure = page.data["pairs"]["0,1"]["figure"]
    for axis in ("xaxis", "yaxis"):
        assert all(re.search(r" to \S+\d$", text) for text in figure["layout"][axis]["ticktext"])
    assert figure["data"][0]["hovertemplate"].startswith("decay: %{x}<br>lr: %{y}<br>")
    assert "main effects" not in page.data["pairs"]["0,1"]["note"]
