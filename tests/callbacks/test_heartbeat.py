"""The status shows the progress of a run, during the training and at the end."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.training.tiny import Setup

from reviewlab.callbacks import Heartbeat
from reviewlab.callbacks.heartbeat import SECONDS
from reviewlab.runs import status as statuses
from reviewlab.runs.status import Status, read_status, write_end, write_status


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Status]:
    """Record every status that is written."""
    kept: list[Status] = []

    def write(folder: Path, status: Status) -> None:
        kept.append(status)
        write_status(folder, status)

    monkeypatch.setattr("reviewlab.callbacks.heartbeat.write_status", write)
    return kept


def ticking(seconds: float) -> Callable[[], float]:
    """Replace the clock by one that advances by a fixed time at each reading."""
    now = [1000.0]

    def clock() -> float:
        now[0] += seconds
        return now[0]

    return clock


def train(setup: Setup, clock: Callable[[], float]) -> None:
    write_status(setup.folder, Status("queued").begun())
    setup.callbacks = lambda: [Heartbeat(setup.folder, clock)]
    setup.run()


def test_it_beats_as_often_as_seconds_have_passed(setup: Setup, written: list[Status]) -> None:
    """There are fifteen training steps, and one validation batch of nine reviews in each epoch."""
    train(setup, ticking(SECONDS / 4))
    beats = [status.heartbeat or 0.0 for status in written]
    assert all(later - earlier >= SECONDS for earlier, later in pairwise(beats[:-1]))
    assert len(written) < 15
    steps = [status.step or 0 for status in written]
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 15


def test_a_fast_run_writes_its_beginning_and_its_end(setup: Setup, written: list[Status]) -> None:
    train(setup, ticking(0.0))
    assert [(status.epoch, status.step) for status in written] == [(0, 0), (3, 15)]
    assert {status.state for status in written} == {"running"}


def test_a_clock_that_is_put_back_does_not_stop_it(setup: Setup, written: list[Status]) -> None:
    train(setup, ticking(-3 * SECONDS))
    assert len(written) > 15


def test_a_run_that_breaks_leaves_its_step(setup: Setup, written: list[Status]) -> None:
    class Breaks(Heartbeat):
        def on_train_batch_end(self, trainer: Any, *arguments: Any) -> None:
            if trainer.global_step == 7:
                raise RuntimeError("boom")

    write_status(setup.folder, Status("queued").begun())
    setup.callbacks = lambda: [Breaks(setup.folder)]
    with pytest.raises(RuntimeError, match="boom"):
        setup.run()
    assert (written[-1].epoch, written[-1].step) == (1, 7)


def test_the_end_keeps_how_far_it_came(tmp_path: Path) -> None:
    begun = Status("queued").begun()
    write_status(tmp_path, statuses.replace(begun, epoch=3, step=40, heartbeat=7.0))
    write_end(tmp_path, begun, "failed", "boom")
    ended = read_status(tmp_path)
    assert (ended.state, ended.error, ended.failures) == ("failed", "boom", 1)
    assert (ended.epoch, ended.step, ended.heartbeat) == (3, 40, 7.0)


def test_an_end_is_written_where_the_status_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text("")
    write_end(tmp_path, Status("queued").begun(), "done")
    assert read_status(tmp_path).state == "done"
