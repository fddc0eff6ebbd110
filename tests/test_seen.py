"""What is known of large files is asked again once they have changed, and only then."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from reviewlab.seen import VARIABLE, handed_on, once


class Question:
    """Counts how often it is asked."""

    def __init__(self, *files: Path) -> None:
        self.files = files
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        return {file.name: file.read_text() for file in self.files}


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known, and the files of the test are some seconds old."""
    monkeypatch.setenv(VARIABLE, "{}")
    now = time.time
    monkeypatch.setattr("reviewlab.seen.time.time", lambda: now() + 10)


@pytest.fixture
def question(tmp_path: Path) -> Question:
    for name in "ab":
        (tmp_path / name).write_text("text")
    return Question(tmp_path / "a", tmp_path / "b")


def test_the_second_answer_is_the_first(question: Question) -> None:
    answers = [once("what", question.files, question) for _ in range(3)]
    assert answers == [{"a": "text", "b": "text"}] * 3
    assert question.asked == 1
    assert handed_on() == {VARIABLE: os.environ[VARIABLE]}


def test_another_question_or_other_files_are_asked_for_themselves(question: Question) -> None:
    once("what", question.files, question)
    once("what else", question.files, question)
    once("what", question.files[:1], question)
    assert question.asked == 3


def test_a_changed_file_is_looked_at_again_though_its_size_and_time_are_the_same(
    question: Question,
) -> None:
    once("what", question.files, question)
    file = question.files[0]
    before = file.stat()
    time.sleep(0.02)  # longer than the system's clock ticks
    file.write_text("ttxe")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert once("what", question.files, question) == {"a": "ttxe", "b": "text"}


def test_what_changed_just_now_is_not_remembered(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age in (0.0, -3600.0):  # the clock may have been set back
        written = question.files[1].stat().st_ctime
        monkeypatch.setattr("reviewlab.seen.time.time", lambda now=written + age: now)
        once("what", question.files, question)
    assert question.asked == 2
    assert handed_on() == {VARIABLE: "{}"}


def test_thousands_of_files_take_a_line(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}" for number in range(3000)]
    for file in files:
        file.touch()
    once("how many", files, lambda: len(files))
    assert len(os.environ[VARIABLE]) < 100


def test_nothing_known_nothing_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    assert handed_on() == {}
