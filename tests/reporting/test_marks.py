"""The lines below the table that explain its marks."""

from pathlib import Path

import pytest
from tests.reporting.boards import board
from tests.reporting.folders import grid

from reviewlab.reporting.marks import legend
from reviewlab.reporting.sequential import promise


@pytest.mark.parametrize("planned", [(), ("0", "1", "2")])
def test_the_table_says_which_number_of_seeds_its_marks_allow_for(
    tmp_path: Path, planned: tuple[str, ...]
) -> None:
    assert promise(len(planned) or None) in legend(board(grid(tmp_path / "a"), planned=planned))
    alone = grid(tmp_path / "b", seeds=1)
    assert not any("planned" in line for line in legend(board(alone, planned=planned)))


@pytest.mark.parametrize(
    ("margin", "first"),
    [
        (None, "~ not distinguishable from the best (paired t, pooled variance, Holm, 5 %)"),
        (0.0001, "~ not known yet: neither worse nor equal within 0.0001 (paired t, Holm, 5 %)"),
        (0.02, "= equal to the best within 0.02 (two one-sided t tests, 5 %)"),
    ],
)
def test_only_marks_in_the_table_are_explained(
    tmp_path: Path, margin: float | None, first: str
) -> None:
    explained, promised = legend(board(grid(tmp_path), planned=["0", "1", "2"], margin=margin))
    assert explained == first
    assert promised.startswith("worse and =:" if first.startswith("=") else "worse:")
