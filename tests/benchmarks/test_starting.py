"""The time to start is the lifetime of a process."""

import os

import pytest

from reviewlab.benchmarks import (
    starting,
)
from reviewlab.running.run import load_parts, make_training


def test_the_first_step_ends_the_process(bench, monkeypatch):
    steps = []

    class Left(BaseException):
        pass

    def leave(code):
        steps.append(code)
        raise Left

    monkeypatch.setattr(os, "_exit", leave)
    experiment = bench.experiment("data=imdb", "model=lstm", starting.FIRST_STEP)
    parts = load_parts(experiment)
    with pytest.raises(Left):
        make_training(experiment, bench.run_folder()).run(parts.classifier, parts.data)
    assert steps == [0]


def test_processes_are_compared_by_how_long_they_live(bench, monkeypatch):
    ran = []
    monkeypatch.setattr(starting, "run_python", ran.append)
    pairs = starting.help_text(bench)
    command = [starting.TRAIN, "--help"]
    assert ran == [starting.IMPORTS, *[command, starting.IMPORTS] * 2]
    assert len(pairs.ours) == 2


def test_a_process_that_fails_is_no_measurement():
    with pytest.raises(Exception, match="exit status 3"):
        starting.run_python(["-c", "import sys; sys.exit(3)"])
