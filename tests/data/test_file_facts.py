"""A fact about large files is computed again once they have changed, and only then."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from reviewlab.data import file_facts
from reviewlab.data.file_facts import MOST_KEPT, RECORD, recall


class Question:
    """Counts how often it is called."""

    def __init__(self, *files: Path) -> None:
        self.files = files
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        return {file.name: file.read_text() for file in self.files}


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the test's files some seconds old, on a machine that identifies its boots."""
    now = time.time
    monkeypatch.setattr("reviewlab.data.file_facts.time.time", lambda: now() + 10)
    monkeypatch.setattr(file_facts, "_boot", lambda: "first boot")


@pytest.fixture
def question(tmp_path: Path) -> Question:
    for name in "ab":
        (tmp_path / name).write_text("text")
    return Question(tmp_path / "a", tmp_path / "b")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The cache folder, which does not exist yet."""
    return tmp_path / "home" / "cache"


def test_the_second_answer_is_the_first(question: Question, folder: Path) -> None:
    answers = [recall("what", question.files, question, folder) for _ in range(3)]
    assert answers == [{"a": "text", "b": "text"}] * 3
    assert question.asked == 1
    assert [path.name for path in folder.iterdir()] == [RECORD]


def test_another_question_or_other_files_are_asked_for_themselves(
    question: Question, folder: Path
) -> None:
    recall("what", question.files, question, folder)
    recall("what else", question.files, question, folder)
    recall("what", question.files[:1], question, folder)
    assert question.asked == 3


def test_a_changed_file_is_looked_at_again_though_its_size_and_time_are_the_same(
    question: Question, folder: Path
) -> None:
    recall("what", question.files, question, folder)
    file = question.files[0]
    before = file.stat()
    time.sleep(0.02)  # longer than a tick of the system's clock
    file.write_text("ttxe")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert recall("what", question.files, question, folder) == {"a": "ttxe", "b": "text"}


def test_what_changed_just_now_is_not_remembered(
    question: Question, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age in (0.0, -3600.0):  # the clock may have been set back
        written = question.files[1].stat().st_ctime
        monkeypatch.setattr("reviewlab.data.file_facts.time.time", lambda now=written + age: now)
        recall("what", question.files, question, folder)
    assert question.asked == 2
    assert not folder.exists()


def test_thousands_of_files_take_a_line(tmp_path: Path, folder: Path) -> None:
    files = [tmp_path / f"{number}" for number in range(3000)]
    for file in files:
        file.touch()
    recall("how many", files, lambda: len(files), folder)
    assert (folder / RECORD).stat().st_size < 100


def test_the_oldest_facts_make_room_for_new_ones(question: Question, folder: Path) -> None:
    for number in range(MOST_KEPT + 1):
        recall(f"question {number}", question.files, question, folder)
    facts = json.loads((folder / RECORD).read_text())
    assert len(facts) == MOST_KEPT
    for number in range(1, MOST_KEPT + 1):
        recall(f"question {number}", question.files, question, folder)
    assert question.asked == MOST_KEPT + 1
    recall("question 0", question.files, question, folder)
    assert question.asked == MOST_KEPT + 2


@pytest.mark.parametrize("content", [b"", b"{not json", b"\xff\xfe", b"[1]", b"[" * 100_000])
def test_a_record_that_cannot_be_read_is_replaced(
    question: Question, folder: Path, content: bytes
) -> None:
    folder.mkdir(parents=True)
    (folder / RECORD).write_bytes(content)
    for _ in range(2):
        assert recall("what", question.files, question, folder) == {"a": "text", "b": "text"}
    assert question.asked == 1


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    question: Question, tmp_path: Path
) -> None:
    for _ in range(2):
        answer = recall("what", question.files, question, tmp_path / "a" / "below a file")
        assert answer == {"a": "text", "b": "text"}
    assert question.asked == 2


def test_after_a_restart_of_the_machine_everything_is_asked_again(
    question: Question, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for boot in ("first boot", "second boot"):
        monkeypatch.setattr(file_facts, "_boot", lambda boot=boot: boot)
        for _ in range(2):
            recall("what", question.files, question, folder)
    assert question.asked == 2
    monkeypatch.setattr(file_facts, "_boot", lambda: "")  # a system without an id
    for _ in range(2):
        recall("what", question.files, question, folder)
    assert question.asked == 4


MANY = """
import sys
from pathlib import Path
from reviewlab.data import file_facts
file_facts.SETTLED, file_facts._boot = -1.0, lambda: "boot"
for number in range(40):
    question = f"{sys.argv[1]} {number}"
    folder = Path(sys.argv[2])
    file_facts.recall(question, [folder / "file"], lambda: question, folder)
    file_facts.json.loads((folder / file_facts.RECORD).read_text())
"""


def test_processes_that_write_at_once_leave_a_whole_record(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    commands = [[sys.executable, "-c", MANY, str(writer), str(tmp_path)] for writer in range(3)]
    processes = [subprocess.Popen(command) for command in commands]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    facts = json.loads((tmp_path / RECORD).read_text())
    questions = {f"{writer} {number}" for writer in range(3) for number in range(40)}
    assert facts  # any of them may be lost to another writer, so their number is not fixed
    assert set(facts.values()) <= questions
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", RECORD]
