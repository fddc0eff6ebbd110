"""The folder of a sweep is claimed once and locked by one process; its jobs keep their folders."""

import multiprocessing
import string
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sweeps.conftest import job

from reviewlab.exceptions import InputError
from reviewlab.sweeps.folder import SWEEP_LAYOUT, SweepFolder, SweepRecord
from reviewlab.sweeps.settings import SweepSettings


def claimed(parent: Path) -> str:
    return SweepFolder.claim(parent, "same").path.name


def test_claims_of_one_name_never_share_a_folder(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        names = pool.map(claimed, [tmp_path] * 8)
    assert sorted(names) == ["same", *(f"same-{number}" for number in range(2, 9))]


def test_only_one_works_there_and_the_other_hears_who(tmp_path: Path) -> None:
    folder = SweepFolder.claim(tmp_path, "lr")
    refused = pytest.raises(InputError, match=r"sweep.name: 'lr' .* by process \d+ on")
    with folder.held(), refused, SweepFolder(folder.path).held():
        pass
    with folder.held():
        assert folder.read() is None


def test_a_name_is_a_folder_that_is_continued_or_made(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "sweeps" / "s")
    assert [folder.make(), folder.make()] == [True, False]
    folder.path.rmdir()
    folder.path.touch()
    for _ in range(2):
        with pytest.raises(InputError, match=rf"^sweep.name: '{folder.path}' is a file; allowed: "):
            folder.make()
    assert [path.name for path in folder.path.parent.iterdir()] == ["s"]


@pytest.mark.parametrize("name", [*SWEEP_LAYOUT.files, *SWEEP_LAYOUT.folders])
def test_a_file_for_a_folder_or_a_folder_for_a_file_is_one_line(tmp_path: Path, name: str) -> None:
    if name in SWEEP_LAYOUT.files:
        (tmp_path / name).mkdir(parents=True)
    else:
        (tmp_path / name).touch()
    with pytest.raises(InputError, match=rf"/{name}' is a .*; allowed: a .*; move it away$"):
        SweepFolder(tmp_path).held().__enter__()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = SweepFolder.claim(tmp_path, "lr")
    folder.write({"name": "lr", "varied": ["ä"]})
    assert folder.read() == {"name": "lr", "varied": ["ä"]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [", "ValueError: "),
        ("- lr", "it is not a mapping of keys"),
        ("margin: wide", "margin: 'wide' is not allowed; allowed: a number or null"),
        ("seeds: [1]", "seeds: \\[1\\] is not allowed; allowed: a list of a string"),
        ("race: {rounds: ['0']}", "race: {'rounds': \\['0'\\]} is not allowed"),
        ("search: {space: 1}", "search: {'space': 1} is not allowed"),
    ],
)
def test_a_damaged_record_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "sweep.yaml").write_text(text)
    with pytest.raises(InputError, match=rf"^sweep: '.*sweep.yaml' cannot be read .*{says}"):
        SweepFolder(tmp_path).read()


def test_a_job_is_found_by_its_run_id(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    path = folder.of_job(job(3, "model=lstm"))
    path.mkdir(parents=True)
    (folder.jobs / "0004-half-made").write_text("no folder")
    assert path.name == "0003-model-lstm-000000000003"
    assert folder.of_jobs() == {"000000000003": path}


@given(st.text(max_size=300))
def test_a_jobs_folder_has_a_name_that_every_system_takes(override: str) -> None:
    name = SweepFolder(Path("/sweep")).of_job(job(0, override)).name
    assert len(name) <= 80
    assert set(name) <= {*string.ascii_letters, *string.digits, *"._-"}


@pytest.mark.parametrize(
    ("record", "metric", "margin"),
    [
        ({}, None, 0.005),
        ({"metric": "val/loss"}, None, None),
        ({"metric": "val/loss", "margin": 0.1}, None, 0.1),
        ({"metric": "val/loss", "margin": 0.1}, "val/loss", 0.1),
        ({"metric": "val/loss", "margin": 0.1}, "val/accuracy", 0.005),
        ({"metric": "val/accuracy", "margin": None}, None, None),
    ],
)
def test_a_margin_belongs_to_the_metric_that_it_was_recorded_for(
    tmp_path: Path, record: SweepRecord, metric: str | None, margin: float | None
) -> None:
    folder = SweepFolder(tmp_path)
    folder.write(record)
    assert folder.plan(metric).margin == margin


@pytest.mark.parametrize(
    ("given", "metric", "margin"),
    [("auto", "val/f1_macro", 0.005), ("auto", "val/mae", None), (0.1, "val/mae", 0.1)],
)
def test_an_automatic_margin_depends_on_the_metric(
    given: float | Literal["auto"], metric: str, margin: float | None
) -> None:
    assert SweepSettings(metric=metric, margin=given).equality_margin == margin
