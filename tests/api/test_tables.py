"""Cells of a leaderboard as numbers."""

from typing import Any

import pytest

from reviewlab.api.tables import as_numbers


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["0.001", "1e-2"], [0.001, 0.01]),
        (["8", "32", None], [8, 32, None]),
        (["8", "-"], ["8", "-"]),
        (["lstm", "gru"], ["lstm", "gru"]),
        (["true", "false"], ["true", "false"]),
        ([], []),
    ],
)
def test_settings_are_numbers_where_all_of_them_are(cells: list[Any], numbers: list[Any]) -> None:
    converted = as_numbers(cells)
    assert converted == numbers
    assert [*map(type, converted)] == [*map(type, numbers)]
