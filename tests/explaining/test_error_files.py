"""The csv files of all mistakes and groups."""

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.explaining.test_mistakes import NAMES, drawn

from reviewlab.explaining.error_files import write_tables
from reviewlab.explaining.groups import by_class
from reviewlab.explaining.mistakes import label_errors, worst


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_mistake_and_every_doubted_label_has_a_row(tmp_path: Path) -> None:
    found = drawn(200)
    write_tables(found, tmp_path)
    mistakes, doubted = rows(tmp_path / "mistakes.csv"), rows(tmp_path / "label_errors.csv")
    assert [int(row["review"]) for row in mistakes] == worst(found).tolist()
    assert [int(row["review"]) for row in doubted] == label_errors(found).reviews.tolist()
    for row in mistakes:
        review = int(row["review"])
        assert row["text"] == found.texts[review]
        assert row["prediction"] == NAMES[found.predictions[review]]
        assert float(row["probability"]) == found.certainty[review]
        label = found.probabilities[review, found.labels[review]]
        assert float(row["probability_of_label"]) == label


def test_a_number_is_written_as_one(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).normal(1, 3, 50)
    write_tables(found := drawn(50, numbers=numbers), tmp_path)
    for row in rows(tmp_path / "mistakes.csv"):
        assert float(row["output"]) == numbers[int(row["review"])]
    assert len(rows(tmp_path / "mistakes.csv")) == len(worst(found))


def test_groups_have_their_accuracy_and_its_interval(tmp_path: Path) -> None:
    write_tables(found := drawn(200), tmp_path)
    for row, group in zip(rows(tmp_path / "by_class.csv"), by_class(found), strict=True):
        assert (row["class"], int(row["right"])) == (group.name, group.right)
        assert float(row["accuracy"]) == pytest.approx(group.accuracy)
        assert (float(row["lower"]), float(row["upper"])) == pytest.approx(group.bounds)
    assert list(rows(tmp_path / "by_length.csv")[0])[-3:] == ["from", "to", "cut"]
