"""The progress of a sweep, and its remaining time."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.sweeps.conftest import job

from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.progress import Progress, duration


def done(progress: Progress, number: int, value: float, folder: Path) -> None:
    write_result(folder, {"best": {"val/accuracy": value}})
    progress.started(job(number), folder)
    progress.ended(job(number), Status("done", started=0, ended=2), folder)


def test_the_best_so_far_follows_the_mode(tmp_path: Path) -> None:
    for mode, best in (("max", 2), ("min", 1)):
        progress = Progress(4, 2, "val/accuracy", mode)
        for number, value in enumerate((0.5, 0.4, 0.6)):
            done(progress, number, value, tmp_path)
        assert progress.best is not None
        assert progress.best[1].number == best


def test_nothing_is_best_of_data_that_do_not_compare(tmp_path: Path) -> None:
    progress = Progress(4, 2, "val/accuracy", "max")
    for number, data in enumerate(("a", "a", "b")):
        assert (progress.best is None) == (number == 0)
        folder = tmp_path / str(number)
        folder.mkdir()
        write_result(folder, {"best": {"val/accuracy": 0.5}, "data_fingerprint": data})
        progress.ended(job(number), Status("done"), folder)
    assert progress.best is None


def test_durations_are_said_in_two_units() -> None:
    assert [duration(s) for s in (0.4, 59.6, 3599, 7300)] == [
        "0 s",
        "1 min 0 s",
        "59 min 59 s",
        "2 h 1 min",
    ]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test sets."""
    now = [100.0]
    monkeypatch.setattr("reviewlab.sweeps.progress.time.monotonic", lambda: now[0])
    return now


def test_the_rest_takes_as_long_as_what_is_done(tmp_path: Path, clock: list[float]) -> None:
    progress = Progress(5, 2, "val/accuracy", "max")
    assert progress.seconds_left() is None
    progress.started(job(0), tmp_path)
    clock[0] += 10
    progress.ended(job(0), Status("done"), tmp_path)
    assert progress.seconds_left() == 4 * 10 / 2
    progress.started(job(1), tmp_path)
    clock[0] += 4
    assert progress.seconds_left() == (4 * 10 - 4) / 2
    clock[0] += 1000  # it takes longer than the others, but counts no longer than they do
    assert progress.seconds_left() == 3 * 10 / 2


def test_a_job_takes_as_long_as_its_configuration_or_else_its_steps(
    tmp_path: Path, clock: list[float]
) -> None:
    def sized(number: int, configuration: str, steps: int) -> Job:
        return replace(job(number), configuration_id=configuration, steps=steps)

    progress = Progress(2, 1, "val/accuracy", "max")
    for number, (configuration, steps, seconds) in enumerate((("a", 100, 50), ("b", 100, 10))):
        progress.started(sized(number, configuration, steps), tmp_path)
        clock[0] += seconds
        progress.ended(sized(number, configuration, steps), Status("done"), tmp_path)
    progress.expect(5, [sized(2, "a", 100), sized(3, "b", 100), sized(4, "c", 1000)])
    assert progress.seconds_left() == 50 + 10 + 1000 * 60 / 200
    progress.expect(6, [sized(2, "a", 100), sized(3, "b", 100), sized(4, "c", 0)])
    assert progress.seconds_left() == 50 + 10 + 30 + 30  # without limit, and an unknown one
    progress.started(sized(2, "a", 100), tmp_path)
    progress.expect(3, [])
    clock[0] += 20
    assert progress.seconds_left() == 50 - 20


def test_what_did_not_end_well_says_nothing_of_time_or_metric(
    tmp_path: Path, clock: list[float]
) -> None:
    progress = Progress(3, 1, "val/accuracy", "max")
    write_result(tmp_path, {"best": {"val/accuracy": 0.5}})
    states: list[State] = ["failed", "killed", "preempted"]
    for number, state in enumerate(states):
        progress.started(job(number), tmp_path)
        progress.ended(job(number), Status(state, failures=number + 1), tmp_path)
    assert (progress.best, progress.seconds_left(), progress.running) == (None, None, {})
    assert progress.ended_count == 2
    assert progress.failures == [1, 2]
