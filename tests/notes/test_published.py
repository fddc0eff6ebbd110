"""`docs/published.yaml` is checked, and covers every experiment of the notes."""

from pathlib import Path

import pytest
from tests.cli.processes import ROOT

from reviewlab.exceptions import InputError
from reviewlab.notes.lessons import read_lessons
from reviewlab.notes.published import read_published

TABLE = """
tables:
  - title: A
    about: b
    metrics: [val/accuracy]
    experiments:
      imdb/lstm: {{note: 5, figures: {{val/accuracy: 0.8}}{more}}}
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "published.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_published(path)
    return str(raised.value)


def test_the_projects_own_can_be_read() -> None:
    notes = dict(read_published(ROOT / "docs" / "published.yaml"))
    assert notes["imdb/lstm"].figures == {"val/accuracy": 0.809}
    assert notes["imdb/rnn_one_hot"].parameters == 1681


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", figure: 1", "experiments.imdb/lstm.figure: Extra inputs are not permitted"),
        (", note: five", "experiments.imdb/lstm.note: Input should be a valid integer"),
        (", difference: x", "imdb/lstm.shown_by: [] is not allowed"),
        (", difference: x, shown_by: [nope]", "imdb/lstm.shown_by: ['nope'] is not allowed"),
        (", shown_by: [imdb/lstm]", "imdb/lstm.shown_by: ['imdb/lstm'] is not allowed"),
    ],
)
def test_what_does_not_belong_is_named(tmp_path: Path, more: str, said: str) -> None:
    message = refused(tmp_path, TABLE.format(more=more))
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["tables: [", "- a", ""])
def test_a_file_that_is_no_such_file(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).startswith("published.yaml: ")


def test_a_lesson_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lessons.yaml"
    path.write_text("- {belief: a, note: b, sweep: c, txt: d}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^lessons\.yaml: "):
        read_lessons(path)
