"""A race hands out the same jobs whatever the timing, and goes on where it was stopped."""

import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from tests.reporting.folders import config, run

from reviewlab.reporting.plan import Plan, RacePlan
from reviewlab.runs.status import State, read_status
from reviewlab.sweeps.job import Job
from reviewlab.sweeps.race_source import RaceSource
from reviewlab.sweeps.settings import SweepSettings

MEANS = (0.9, 0.89, 0.7, 0.5)
ROUNDS = 5
LABELS = [str(seed) for seed in range(ROUNDS)]
NOISE = np.random.default_rng(3).normal(0, 0.01, (len(MEANS), ROUNDS))


def grid(rounds: int = ROUNDS) -> list[Job]:
    """The jobs of all configurations, seed by seed."""
    size = len(MEANS)
    return [
        Job(
            number,
            (f"lr={number % size}", f"seed={number // size}"),
            f"{number:012x}",
            f"{number % size:012x}",
            *(1, 10, 10),
            seed=str(number // size),
        )
        for number in range(size * rounds)
    ]


class Field:
    """A race whose runs end in random order, each as a folder with its value.

    Args:
        folder: where the folders of the runs are made.
        slots: number of runs at a time.
        states: how each run ends; done unless it is named here.
    """

    def __init__(self, folder: Path, slots: int, states: dict[int, State] | None = None) -> None:
        self.folder, self.slots, self.states = folder, slots, states or {}
        self.folders: dict[str, Path] = {}
        self.said: list[str] = []
        self.most = 0

    def source(self, jobs: Iterable[Job], early: bool = True) -> RaceSource:
        plan = Plan(LABELS, None, RacePlan(LABELS, len(MEANS)))
        return RaceSource(jobs, self.folders, SweepSettings(), plan, early, self.said.append)

    def go(self, source: RaceSource, order: random.Random, stop_after: int | None = None) -> None:
        """Run jobs until none is left; stop after so many have ended, with others still running."""
        source.earlier()
        running: list[Job] = []
        ended = 0
        while True:
            while len(running) < self.slots and (job := source.next()):
                running.append(job)
                self._write(job, "preempted")
                self.most = max(self.most, len(running))
            if not running or ended == stop_after:
                return
            job = running.pop(order.randrange(len(running)))
            path = self._write(job, self.states.get(job.number, "done"))
            source.ended(job, read_status(path), path)
            ended += 1

    def ended(self) -> dict[str, str]:
        return {run_id: read_status(path).state for run_id, path in self.folders.items()}

    def _write(self, job: Job, state: State) -> Path:
        path = self.folders.setdefault(job.run_id, self.folder / f"{job.number}-{job.run_id}")
        shutil.rmtree(path, ignore_errors=True)
        row, seed = job.number % len(MEANS), job.number // len(MEANS)
        return run(path, config(lr=row, seed=seed), MEANS[row] + NOISE[row, seed], state=state)


def standing(source: RaceSource) -> tuple[dict[int, int], int, str]:
    stands = source._standing
    return dict(stands.out), stands.complete, stands.over


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, int], int, str]:
    """The race with one slot, in which no round begins early."""
    field = Field(tmp_path_factory.mktemp("alone"), 1)
    source = field.source(grid())
    field.go(source, random.Random(0))
    left = [row for row in range(len(MEANS)) if row not in standing(source)[0]]
    runs = sum(standing(source)[0].values()) + len(left) * standing(source)[1]
    assert len(field.folders) == runs == source.total
    return standing(source)


def test_the_race_drops_what_is_clearly_worse(alone: tuple[dict[int, int], int, str]) -> None:
    assert {2, 3} <= {*alone[0]}
    assert max(alone[0].values()) > 1


@pytest.mark.parametrize("slots", [2, 3, 8])
def test_neither_slots_nor_the_order_of_ends_change_a_decision(
    slots: int, alone: tuple[dict[int, int], int, str], tmp_path: Path
) -> None:
    for seed in range(4):
        field = Field(tmp_path / str(seed), slots)
        source = field.source(grid())
        field.go(source, random.Random(seed))
        assert standing(source) == alone
        assert {*field.ended().values()} == {"done"}
        assert len(field.folders) == source.total


def test_slots_are_kept_busy_by_the_next_round(tmp_path: Path) -> None:
    field = Field(tmp_path / "early", 6)
    field.go(field.source(grid()), random.Random(1))
    assert field.most == 6 > len(MEANS)
    field = Field(tmp_path / "strict", 6)
    field.go(field.source(grid(), early=False), random.Random(1))
    assert field.most == len(MEANS)


@pytest.mark.parametrize("slots", [1, 3])
def test_stopped_at_any_moment_and_continued_it_is_the_same_race(
    slots: int, alone: tuple[dict[int, int], int, str], tmp_path: Path
) -> None:
    for seed in range(10):
        field, order = Field(tmp_path / str(seed), slots), random.Random(seed)
        for _ in range(3):
            field.go(field.source(grid()), order, stop_after=order.randrange(5))
        source = field.source(grid())
        field.go(source, order)
        assert standing(source) == alone
        assert {*field.ended().values()} == {"done"}


def test_what_began_is_finished_even_if_its_configuration_is_out(tmp_path: Path) -> None:
    field = Field(tmp_path, 1)
    field.go(field.source(grid()), random.Random(0))
    last = grid()[-1]  # of the worst configuration, which has been dropped before
    assert last.run_id not in field.folders
    field._write(last, "preempted")
    source = field.source(grid())
    field.go(source, random.Random(0))
    assert read_status(field.folders[last.run_id]).state == "done"
    assert source.total == len(field.folders)


def test_a_run_that_failed_holds_no_round_up_and_is_tried_again_later(tmp_path: Path) -> None:
    field = Field(tmp_path, 2, {4: "failed"})
    source = field.source(grid())
    field.go(source, random.Random(0))
    assert 0 not in standing(source)[0]
    assert len(field.folders) == source.total
    field.states = {}
    field.go(field.source(grid()), random.Random(0))
    assert {*field.ended().values()} == {"done"}


def test_the_terminal_hears_of_every_round(tmp_path: Path) -> None:
    field = Field(tmp_path, 1)
    source = field.source(grid())
    field.go(source, random.Random(0))
    assert field.said[0] == "round 2 of 5: 4 of 4 still in; 4 of at most 20 runs"
    assert len(field.said) == standing(source)[1]
    assert field.said[-1].startswith("over after round ")
    field.go(again := field.source(grid()), random.Random(0))
    assert field.said[-1] == field.said[-2]
    assert again.next() is None


def test_rounds_that_are_added_later_go_on(tmp_path: Path) -> None:
    field, labels = Field(tmp_path, 2), LABELS[:2]
    two = Plan(labels, None, RacePlan(labels, len(MEANS)))
    more = Plan(labels, None, RacePlan(LABELS, len(MEANS)))
    for plan, rounds in ((two, 2), (more, ROUNDS)):
        source = RaceSource(
            grid(rounds), field.folders, SweepSettings(), plan, True, field.said.append
        )
        field.go(source, random.Random(0))
    assert {*standing(source)[0]} >= {3}
    assert standing(source)[1] > 2
