"""The validation probabilities of a run in its folder."""

import os
from pathlib import Path

import numpy as np
import pytest

from reviewlab.exceptions import InputError
from reviewlab.runs.validation import (
    PROBABILITIES,
    REVIEWS,
    Validation,
    ValidationReviews,
    read_validation,
    write_validation,
)

SPLIT = ValidationReviews(np.array([1, 0, 1]), np.array([7, 3, 5]), np.array([0, 0, 1]))
VALUES = np.array([[0.25, 0.75], [0.5, 0.5], [1, 0]], np.float16)


def run(parent: Path, name: str, shared: Path | None, split: ValidationReviews = SPLIT) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    write_validation(folder, Validation(2, VALUES, split), shared)
    return folder


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    for shared in (None, tmp_path / "splits"):
        kept = read_validation(run(tmp_path, f"run-{shared is None}", shared))
        assert kept.epoch == 2
        assert np.array_equal(kept.probabilities, VALUES)
        assert kept.reviews.equals(SPLIT)
        assert kept.reviews.groups is not None
        assert kept.reviews.groups.tolist() == [0, 0, 1]


def test_a_split_without_groups_has_none(tmp_path: Path) -> None:
    folder = run(tmp_path, "run", None, SPLIT._replace(groups=None))
    assert read_validation(folder).reviews.groups is None


def test_runs_of_one_split_share_the_file_of_its_reviews(tmp_path: Path) -> None:
    shared = tmp_path / "splits"
    one, two = (run(tmp_path, name, shared) for name in ("one", "two"))
    assert (one / REVIEWS).samefile(two / REVIEWS)
    assert len([*shared.iterdir()]) == 1
    other = run(tmp_path, "other", shared, SPLIT._replace(places=np.array([7, 3, 6])))
    assert not (one / REVIEWS).samefile(other / REVIEWS)
    assert not read_validation(one).reviews.equals(read_validation(other).reviews)


def test_a_folder_that_is_moved_alone_has_all_that_it_needs(tmp_path: Path) -> None:
    folder = run(tmp_path / "outputs", "run", tmp_path / "outputs" / "splits")
    moved = folder.rename(tmp_path / "moved")
    (tmp_path / "outputs").rename(tmp_path / "gone")
    assert read_validation(moved).reviews.equals(SPLIT)


def test_a_better_epoch_replaces_the_one_before(tmp_path: Path) -> None:
    folder = run(tmp_path, "run", tmp_path / "splits")
    write_validation(folder, Validation(5, VALUES[:, ::-1], SPLIT), tmp_path / "splits")
    kept = read_validation(folder)
    assert kept.epoch == 5
    assert np.array_equal(kept.probabilities, VALUES[:, ::-1])
    assert {path.name for path in folder.iterdir()} == {PROBABILITIES, REVIEWS}


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = run(tmp_path, "run", None)

    def fail(file: object, **arrays: object) -> None:
        file.write(b"half")  # type: ignore[attr-defined]
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(OSError, match="no space"):
        write_validation(folder, Validation(3, VALUES, SPLIT))
    assert read_validation(folder).epoch == 2
    assert {path.name for path in folder.iterdir()} == {PROBABILITIES, REVIEWS}


@pytest.mark.parametrize("name", [PROBABILITIES, REVIEWS])
@pytest.mark.parametrize("damage", ["gone", "empty", "half", "text", "other"])
def test_a_damaged_file_is_named_in_a_line(tmp_path: Path, name: str, damage: str) -> None:
    folder = run(tmp_path, "run", None)
    path = folder / name
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "other":
        np.savez(path, something=np.zeros(3))
    else:
        path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"oh"}[damage])
    with pytest.raises(InputError) as caught:
        read_validation(folder)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("epoch", [np.inf, np.nan, "x", [1, 2]])
def test_an_epoch_that_is_no_number_is_refused(tmp_path: Path, epoch: object) -> None:
    folder = run(tmp_path, "run", None)
    np.savez_compressed(folder / PROBABILITIES, probabilities=VALUES, epoch=np.array(epoch))
    with pytest.raises(InputError, match=r"do not match$"):
        read_validation(folder)


def test_objects_in_a_file_are_not_unpickled(tmp_path: Path) -> None:
    folder = run(tmp_path, "run", None)
    np.savez(folder / PROBABILITIES, probabilities=np.array([{}], object), epoch=np.array(1))
    with pytest.raises(InputError, match="cannot be read"):
        read_validation(folder)


@pytest.mark.parametrize("kind", ["pipe", "bomb", "text"])
def test_a_file_that_would_wait_or_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("reviewlab.runs.validation.ALWAYS_ALLOWED", 2**20)
    path = tmp_path / PROBABILITIES
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "bomb":
        np.savez_compressed(path, probabilities=np.zeros(2**20))
    else:
        path.write_text("text")
    with pytest.raises(InputError, match="cannot be read"):
        read_validation(tmp_path)
