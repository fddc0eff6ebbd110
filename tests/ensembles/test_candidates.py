"""Candidate runs: those that are left out, and those that are refused in one line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.ensembles.runs import COUNT, LABELS, SPLIT, answers, finished_run

from reviewlab.ensembles.candidates import read_candidates
from reviewlab.exceptions import InputError
from reviewlab.runs.status import Status, write_status
from reviewlab.runs.validation import (
    PROBABILITIES,
    REVIEWS,
    Validation,
    ValidationReviews,
    write_validation,
)


def refusal(*folders: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_candidates(folders)
    message = str(caught.value)
    assert message.startswith("folder: ")
    assert "\n" not in message
    return message


def test_runs_are_found_in_a_sweep_and_by_name(tmp_path: Path) -> None:
    jobs = [finished_run(tmp_path / "jobs" / str(seed), seed) for seed in range(2)]
    alone = finished_run(tmp_path / "alone", 2)
    found, notes = read_candidates([tmp_path / "jobs", alone, jobs[1]])
    assert [one.folder for one in found] == [*jobs, alone]
    assert np.array_equal(found[1].validation.probabilities, answers(1))
    assert notes == []


def test_what_is_not_done_or_not_finite_is_left_out_and_told(tmp_path: Path) -> None:
    for seed in range(4):
        finished_run(tmp_path / str(seed), seed)
    write_status(tmp_path / "1", Status("failed"))
    broken = answers(2)
    broken[3, 1] = np.nan
    write_validation(tmp_path / "2", Validation(2, broken, SPLIT))
    found, notes = read_candidates([tmp_path])
    assert [one.folder.name for one in found] == ["0", "3"]
    assert [note.partition(": ")[0] for note in notes] == [
        "left out because it has not finished",
        "left out because its predictions are not finite",
    ]


def test_one_run_is_no_ensemble(tmp_path: Path) -> None:
    message = refusal(finished_run(tmp_path / "run", 0))
    assert "has 1 run to choose from; an ensemble needs at least 2" in message


def test_a_run_that_has_kept_nothing_is_told_how_to(tmp_path: Path) -> None:
    old = finished_run(tmp_path / "old", 1)
    (old / PROBABILITIES).unlink()
    message = refusal(finished_run(tmp_path / "new", 0), old)
    assert "has no validation.npz, which earlier versions did not write" in message
    assert f"evaluate checkpoint={old} split=validation to write it" in message


def test_a_run_that_holds_nothing_out_has_nothing_to_choose_by(tmp_path: Path) -> None:
    all_ = finished_run(tmp_path / "all", 1, best={"epoch": 2, "train/loss": 1.0})
    message = refusal(finished_run(tmp_path / "run", 0), all_)
    assert "was trained without a validation split" in message


@pytest.mark.parametrize("name", [PROBABILITIES, REVIEWS])
def test_a_damaged_file_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    folder = finished_run(tmp_path / "run", 0)
    (folder / name).write_bytes(b"PK half")
    message = refusal(folder, finished_run(tmp_path / "other", 1))
    assert name in message
    assert message.endswith("split=validation to write it")


def test_answers_of_another_epoch_are_refused(tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "run", 0, best={"epoch": 4, "val/loss": 1.0})
    message = refusal(folder, finished_run(tmp_path / "other", 1))
    assert "is from epoch 2, but the best epoch is 4" in message


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"split": ValidationReviews(LABELS, np.arange(COUNT))}, "validation reviews"),
        ({"split": ValidationReviews(LABELS[::-1], SPLIT.places)}, "validation reviews"),
        ({"data_fingerprint": "another"}, "data"),
        ({"label_names": ["5", "4", "3", "2", "1"]}, "classes"),
    ],
)
def test_runs_of_other_reviews_or_labels_are_refused(
    tmp_path: Path, changes: dict[str, Any], difference: str
) -> None:
    first = finished_run(tmp_path / "first", 0)
    other = finished_run(tmp_path / "other", 1, **changes)
    assert f"have different {difference}; " in refusal(first, other)


def test_answers_for_other_classes_than_those_of_the_run_are_refused(tmp_path: Path) -> None:
    folder = finished_run(tmp_path / "run", 0, values=answers(0)[:, :3])
    assert "does not match the classes" in refusal(folder, finished_run(tmp_path / "other", 1))


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    assert "contains no runs" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "nowhere")
