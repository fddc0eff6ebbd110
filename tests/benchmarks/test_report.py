"""The table of the benchmarks and its page."""

from reviewlab.benchmarks import (
    report,
)
from reviewlab.benchmarks.measurement import Pairs
from reviewlab.benchmarks.rows import ROWS


def test_a_row_above_its_limit_stands_out():
    cells = report.line(ROWS["step"], Pairs([0.004, 0.005], [0.002, 0.002]))
    assert cells == ("**2.25 x**", "0.65 x", "4.5 ms", "2 ms", "2")
    assert report.line(ROWS["start"], Pairs([4.0], [3.5]))[:2] == ("+0.50 s", "+1.50 s")
    assert report.line(ROWS["load"], Pairs([0.004], [0.0]))[:2] == ("+4.00 ms", "+5.00 ms")


def test_the_page_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.BEGIN}\nstale\n{report.END}\nafter\n")
    pairs = {name: Pairs([1.0], [2.0]) for name in ROWS}
    for _ in range(2):
        report.write(pairs, page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "stale" not in text
    assert text.count("| step |") == 1 and report.machine() in text


def test_the_page_of_this_repository_has_a_place_for_the_table():
    text = report.PAGE.read_text()
    assert 0 < text.index(report.BEGIN) < text.index(report.END)
