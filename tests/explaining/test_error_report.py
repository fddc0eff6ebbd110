"""The printed report on mistakes fits in 80 columns."""

from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from tests.explaining.test_mistakes import NAMES, answers, drawn

from reviewlab.explaining.error_report import SHOWN, format_report
from reviewlab.explaining.mistakes import label_errors, worst


def parts(report: str) -> list[list[str]]:
    return [part.splitlines() for part in report.split("\n\n")]


def test_the_head_is_followed_by_the_accuracy() -> None:
    found = drawn(200)
    head, *_ = parts(format_report("MLP\nDemo, test", found, "test"))
    assert head[:2] == ["MLP", "Demo, test"]
    wrong = len(worst(found))
    share = 1 - wrong / 200
    assert head[2].startswith(f"200 reviews, {wrong} wrong: accuracy {share:.4f}, 95 % interval ")


def test_repeated_texts_are_also_counted_once() -> None:
    found = drawn(200)
    head, *_ = parts(format_report("MLP", found, "test"))
    assert len(head) == 2  # each text appears once
    repeated = replace(found, texts=["good"] * 100 + found.texts[100:])
    head, *_ = parts(format_report("MLP", repeated, "test"))
    expected = (found.right[:100].mean() + found.right[100:].sum()) / 101
    assert head[2] == f"each of 101 distinct texts counted once: accuracy {expected:.4f}"


def test_the_worst_mistakes_are_listed_with_what_they_are_taken_for() -> None:
    found = drawn(200)
    _, (title, columns, *rows), *_ = parts(format_report("", found, "validation"))
    listed = worst(found)[:SHOWN]
    assert title.startswith(f"worst mistakes: the most confident of {len(worst(found))}")
    assert columns.split() == ["review", "prob", "label", "predicted"]
    for row, review in zip(rows, listed, strict=True):
        number, share, label, prediction, *text = row.split()
        assert int(number.rstrip("*")) == review
        assert number.endswith("*") == (review in label_errors(found).reviews)
        assert share == f"{found.certainty[review]:.4f}"
        assert label == NAMES[found.labels[review]]
        assert prediction == NAMES[found.predictions[review]]
        assert " ".join(text) == found.texts[review]


@pytest.mark.parametrize("word", ["word ", "漢字 ", "x" * 90, "\x1b[31m\u202e "])
def test_no_line_is_wider_than_a_terminal(word: str) -> None:
    found = drawn(60)
    texts = [word * (review % 50) for review in range(60)]
    report = format_report("", type(found)(**{**vars(found), "texts": texts}), "validation")
    assert max(map(cell_len, report.splitlines())) <= 80
    assert all(line == line.rstrip() for line in report.splitlines())
    assert "\x1b" not in report and "\u202e" not in report


def test_a_long_review_goes_on_below_its_first_line() -> None:
    found = answers([0], [[0.0, 1.0, 0.0]])
    report = format_report("", type(found)(**{**vars(found), "texts": ["word " * 99]}), "test")
    _, (_, _, first, *rest), *_ = parts(report)
    assert len(rest) == 2 and rest[-1].endswith(" …")
    assert {line.index("word") for line in [first, *rest]} == {first.index("word")}


def test_without_mistakes_there_is_nothing_to_list() -> None:
    report = format_report("", answers([0, 1, 2], np.eye(3)), "validation")
    assert "no mistakes" in report
    assert "likely label errors: 0 of 3 reviews\n" in report


def test_reviews_that_were_trained_on_hide_their_label_errors() -> None:
    report = " ".join(format_report("", drawn(200), "train").split())
    assert "few are found in reviews that the classifier was trained on" in report


def test_a_number_has_no_label_errors_but_an_output() -> None:
    numbers = np.random.default_rng(1).normal(1, 3, 200)
    report = format_report("", drawn(200, numbers=numbers), "validation")
    assert "cannot be found if the prediction is a number" in report
    assert "review  output  label  predicted" in report
    assert "the output is 0 for bad, 2 for good" in report


def test_every_grouping_has_its_table() -> None:
    report = format_report("", drawn(200), "validation")
    for title in ("by class", "by length in tokens", "by share of unknown words"):
        assert f"\n\n{title}" in report
    assert "has no unknown words" in format_report("", drawn(9, unknown=None), "validation")
