"""The examples in the docstrings, run as they stand."""

import doctest
from pathlib import Path

import pytest

import reviewlab
from reviewlab import Model, Run, Sweep, load, sweep, train

OBJECTS = [
    train,
    sweep,
    Run,
    Run.curves,
    Run.predictions,
    load,
    Model.predict,
    Model.explain,
    Sweep,
]


def test_every_example_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"reviewlab": reviewlab}
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(verbose=False)
    for documented in OBJECTS:
        [example] = finder.find(documented, documented.__qualname__, globs={})
        assert example.examples, documented
        example.globs = names  # each goes on where the last one ended
        runner.run(example, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0
