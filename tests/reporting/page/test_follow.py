"""The figures show the rows that the reader selects."""

import math
from pathlib import Path

from tests.reporting.folders import config, run
from tests.reporting.page.pages import written

from reviewlab.reporting.page.follow import NAME, ROW
from reviewlab.reporting.page.pairs import key_levels, pairs


def test_cells_that_had_other_company_say_so(tmp_path: Path) -> None:
    run(tmp_path / "a", config(lr=0.1, dropout=0.1, size=1), 0.7)
    run(tmp_path / "b", config(lr=0.1, dropout=0.2, size=2), 0.8)
    run(tmp_path / "c", config(lr=0.2, dropout=0.1, size=1), 0.9)
    _, board = written(tmp_path)
    found = {(pair.first, pair.second): pair for pair in pairs(board, key_levels(board))}
    keys = list(board.keys)
    lr, dropout = keys.index("optimizer.lr"), keys.index("model.dropout")
    pair = found[min(lr, dropout), max(lr, dropout)]
    assert not pair.fair
    assert pair.runs.sum() == 3
    assert math.isnan(pair.means.min())


def test_a_long_name_keeps_its_first_and_its_last_setting(tmp_path: Path) -> None:
    keys = [f"a_rather_long_key_{letter}" for letter in "abcdef"]
    for value in range(2):
        run(tmp_path / str(value), config(**dict.fromkeys(keys, value)))
    page, board = written(tmp_path)
    rows = [traces[0]["name"].split("<br>") for traces in page.data["curves"]]
    assert max(len(row) for name in rows for row in name) <= ROW
    names = [" ".join(name) for name in rows]
    for place, (name, line) in enumerate(zip(names, board.lines, strict=True), 1):
        first, *_, last = (f"{key.rpartition('.')[2]}={v}" for key, v in line.settings.items())
        assert name.startswith(f"{place}: {first} ") and name.endswith(f" {last}")
        assert "…" in name and len(name) == NAME


def test_a_name_has_the_numbers_of_the_table(tmp_path: Path) -> None:
    for place, lr in enumerate((0.010092528860766845, 0.02)):
        run(tmp_path / str(place), config(lr=lr), 0.9 - place / 10)
    page, _ = written(tmp_path)
    names = [traces[0]["name"] for traces in page.data["curves"]]
    assert names == ["1: lr=0.01009", "2: lr=0.02"]
