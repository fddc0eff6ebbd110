"""Parallel coordinates have one line per configuration."""

from pathlib import Path

import pytest
from tests.reporting.folders import config, run
from tests.reporting.page.pages import written

from reviewlab.reporting.page.parallel import SHADES


@pytest.mark.parametrize("lines", [2, 3, 7, 30])
def test_the_best_line_is_orange_and_the_worst_grey(lines: int, tmp_path: Path) -> None:
    for place in range(lines):
        run(tmp_path / str(place), config(lr=place), 0.9 - place / 100)
    page, _ = written(tmp_path)
    *shades, _ = page.data["figures"]["parallel"]["data"]
    colour = {line: trace["line"]["color"] for trace in shades for line in trace["customdata"]}
    assert sorted(colour) == [*range(lines)]
    assert colour[0] == SHADES[-1] and colour[lines - 1] == SHADES[0]
