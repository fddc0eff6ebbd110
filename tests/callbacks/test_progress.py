"""One line per epoch in a log file, and on a terminal a bar that disappears."""

import io
import logging
import re

import pytest
import rich
from rich.console import Console
from tests.clock import Clock
from tests.training.tiny import Setup

from reviewlab.callbacks import EpochLines, progress
from reviewlab.console.logs import ConsoleHandler, Record


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch):
    """Replace rich's console, and return what is written to it."""

    def make(terminal: bool) -> io.StringIO:
        written = io.StringIO()
        made = Console(file=written, force_terminal=terminal, width=100)
        monkeypatch.setattr(rich, "_console", made)
        return written

    return make


class Kept(logging.Handler):
    """Records log messages, besides all other handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def lines(setup: Setup, monkeypatch: pytest.MonkeyPatch):
    """Run, and return the messages of the progress callback."""
    log, kept = logging.getLogger("reviewlab.callbacks.progress"), Kept()
    monkeypatch.setattr(log, "handlers", [kept])
    monkeypatch.setattr(log, "propagate", False)
    level = log.level
    log.setLevel(logging.INFO)

    def run() -> list[str]:
        setup.callbacks = lambda: [EpochLines()]
        setup.run()
        return kept.lines

    run.said = kept.lines
    yield run
    log.setLevel(level)


def test_a_line_an_epoch(setup: Setup, lines, console):
    written = console(terminal=False)
    setup.trainer["max_epochs"] = 10
    said = lines()
    both = r"loss \d\.\d{4} acc [01]\.\d{4}"
    shown = rf"train {both}  val {both}  \S+ s"
    assert len(said) == 10
    assert max(map(len, said)) <= 80
    assert all(re.fullmatch(rf"epoch [ \d]\d/10  {shown}", line) for line in said)
    assert said[0].startswith("epoch  1/10  ")
    assert written.getvalue() == ""


def test_only_what_was_measured_is_shown(setup: Setup, lines, console):
    console(terminal=False)
    setup.data["validation"] = 0.0
    assert not any(" val " in line for line in lines())


def test_an_epoch_without_a_validation_repeats_no_earlier_one(setup: Setup, lines, console):
    console(terminal=False)
    setup.trainer["check_val_every_n_epoch"] = 2
    assert [" val " in line for line in lines()] == [False, True, False]


def test_without_an_end_no_end_is_shown(setup: Setup, lines, console):
    console(terminal=False)
    setup.scheduler = lambda optimizer, total_steps: None
    setup.trainer |= {"max_epochs": -1, "max_steps": 5}
    [line] = lines()
    assert line.startswith("epoch 1  train loss ")


def test_an_epoch_that_is_gone_on_with(setup: Setup, lines, console, monkeypatch):
    """A resumed epoch shows the time since it was resumed, and a bar."""
    monkeypatch.setattr(progress, "time", Clock(now=1000.0))
    written = console(terminal=True)
    setup.trainer = {"max_steps": 7}
    lines()
    setup.trainer = {"max_epochs": 2}
    written.truncate(0)
    setup.callbacks = lambda: [EpochLines()]
    setup.run(resume=True)
    *_, line = lines.said
    assert line.startswith("epoch 2/2  train loss ")
    assert float(line.split()[-2]) < 30
    assert "epoch 2/2" in written.getvalue()


def test_a_bar_on_a_terminal(lines, console):
    written = console(terminal=True)
    said = lines()
    assert len(said) == 3
    assert "epoch 1/3" in written.getvalue()
    assert "\x1b[2K" in written.getvalue()  # the bar was wiped away


class Slow(Clock):
    """Takes half a minute between two readings of the clock."""

    def perf_counter(self) -> float:
        self.now += 30.0
        return self.now


def test_a_long_epoch_has_a_line_a_minute(setup: Setup, lines, console, monkeypatch):
    """An epoch has five training steps and five validation batches."""
    monkeypatch.setattr(progress, "time", Slow())
    console(terminal=False)
    setup.data["eval_batch_size"] = 2
    setup.trainer["max_epochs"] = 1
    *within, last = lines()
    assert last.startswith("epoch 1/1  train loss ")
    figures = r"loss \d+\.\d{4}  \d+ reviews/s  \d+ s left"
    trained = [line for line in within if " step " in line]
    assert [line.split("  ")[1] for line in trained] == ["step 2 of 5", "step 4 of 5"]
    assert all(re.fullmatch(rf"epoch 1/1  step \d of 5  {figures}", line) for line in trained)
    assert trained[0].endswith("  0 reviews/s  90 s left")
    validated = [line for line in within if " validation " in line]
    assert len(validated) >= 2
    assert all(re.fullmatch(r"epoch 1/1  validation \d of 5", line) for line in validated)


def test_a_short_epoch_has_none(setup: Setup, lines, console):
    console(terminal=False)
    assert not any(" step " in line for line in lines())


def test_a_terminal_has_its_bar_and_the_file_the_lines(
    setup: Setup, console, monkeypatch, tmp_path
):
    monkeypatch.setattr(progress, "time", Slow())
    written = console(terminal=True)
    setup.callbacks = lambda: [EpochLines()]
    log = logging.getLogger("reviewlab")
    monkeypatch.setattr(log, "handlers", [ConsoleHandler()])
    monkeypatch.setattr(log, "level", logging.INFO)
    with Record() as record:
        record.keep(tmp_path / "train.log")
        setup.run()
    assert "step 2 of 5" in (tmp_path / "train.log").read_text(encoding="utf-8")
    assert "step 2 of 5" not in written.getvalue()
    assert "train loss" in written.getvalue()
