"""The leaderboard on a terminal."""

from pathlib import Path

import pytest
from tests.reporting.folders import config, run

from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.reporting.text import text


@pytest.mark.parametrize("keys", [0, 1, 5, 20])
@pytest.mark.parametrize("width", [80, 120])
def test_text_never_breaks_the_lines_of_a_terminal(tmp_path: Path, keys: int, width: int) -> None:
    folders = [
        run(
            tmp_path / f"jobs/{number}-{s}",
            config(lr=0.1 / number, seed=s, **{f"option_{k}": number * k for k in range(keys)}),
            0.5 + s / 9 + number / 100,
        )
        for number in (1, 2)
        for s in range(2)
    ]
    broken = run(tmp_path / "jobs/f", config(), state="failed", error="word " * 60)
    shown = text(read_leaderboard([*folders, broken], "val/accuracy", "max"), width, tmp_path)
    assert max(map(len, shown.splitlines())) <= width
