"""A case is judged by how its programs end and by what they have written."""

import pytest
from tests.chaos.programs import Ended
from tests.chaos.verdicts import Verdict, count, differences, endings, format_table


def kinds(ended: Ended) -> list[str]:
    return [kind for kind, _ in endings(ended, {"epoch # of #"}, (0, 1, 2))]


@pytest.mark.parametrize(
    ("ended", "found"),
    [
        (Ended(0, "", "epoch 1 of 2\nepoch 2 of 2\n"), []),
        (Ended(1, "", "epoch 1 of 2\nerror: the disk is full\n"), []),
        (Ended(1, "", "job 3 failed  lr=0.1\n  the disk is full\nsweep stopped\n"), []),
        (Ended(1, "", "error: full\nerror: really\n"), ["unclear"]),
        (Ended(1, "", "epoch 1 of 2\n"), ["unclear"]),
        (Ended(1, "", "Traceback (most recent call last):\nOSError\n"), ["unclear"]),
        (Ended(-11, "", "Segmentation fault\n"), ["unclear"]),
        (Ended(None, "", "epoch 1 of 2\n"), ["hung"]),
    ],
)
def test_an_end_is_clear_if_it_is_one_line_and_a_known_code(ended: Ended, found: list[str]) -> None:
    assert kinds(ended) == found


def test_what_is_missing_other_and_new_is_told_apart() -> None:
    expected = {"a": {"accuracy": 0.5}, "b": {"accuracy": 0.5}, "c": {"accuracy": 0.5}}
    contents = {"a": {"accuracy": 0.5}, "b": {"accuracy": 0.6}, "d": {"accuracy": 0.5}}
    assert [*differences(expected, contents)] == [("changed", "b"), ("lost", "c"), ("doubled", "d")]


def test_a_run_without_a_result_is_lost() -> None:
    assert [*differences({"a": {"accuracy": 0.5}}, {"a": None})] == [("lost", "a")]


def test_a_case_counts_once_in_each_column() -> None:
    bad = Verdict("3 open /a", [("left", "a.tmp"), ("left", "b.tmp"), ("hung", "")])
    assert count([Verdict("2 open /b", []), bad]) == [0, 0, 0, 1, 0, 1, 0]


def test_the_table_is_followed_by_what_was_seen() -> None:
    bad = Verdict("3 open /a", [("left", "a.tmp"), ("hung", "")])
    lines = format_table({("calls", "run"): [Verdict("2 open /b", []), bad]}).splitlines()
    assert lines[1].split() == ["calls", "run", "2", "0", "0", "0", "1", "0", "1", "0"]
    assert lines[2:] == ["calls run 3 open /a: left: a.tmp", "calls run 3 open /a: hung: "]
