"""`scripts/notes.py` writes the pages about the study notes from sweeps, without torch."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.notes.folders import note_run

from reviewlab.cli.notes import main, measure_test_sets
from reviewlab.notes.measured import read_measured
from reviewlab.notes.published import PublishedNotes


def notes(figure: str, *metrics: str) -> PublishedNotes:
    entry = {"note": 5, "figures": {figure: 0.8}}
    table = {"title": "IMDB", "about": "Reviews.", "metrics": [*metrics]}
    return PublishedNotes(tables=[{**table, "experiments": {"imdb/lstm": entry}}])


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Record the runs that would be measured on their test split."""
    folders: list[Path] = []
    monkeypatch.setattr(
        "reviewlab.evaluation.test_set.measure_on_test",
        lambda runs, asked_by: folders.extend(runs),
    )
    return folders


@pytest.mark.parametrize(
    ("figure", "metrics", "opens"),
    [
        ("test/accuracy", ["val/accuracy"], True),
        ("val/accuracy", ["test/accuracy"], True),
        ("val/accuracy", ["val/accuracy"], False),
    ],
)
def test_a_test_set_is_opened_only_where_the_page_shows_its_metric(
    figure: str, metrics: list[str], opens: bool, opened: list[Path], tmp_path: Path
) -> None:
    run = note_run(tmp_path, "imdb/lstm")
    measure_test_sets(notes(figure, *metrics), read_measured([run]))
    assert opened == ([run] if opens else [])


def test_a_test_set_is_opened_once(opened: list[Path], tmp_path: Path) -> None:
    run = note_run(tmp_path, "imdb/lstm", test={"test/accuracy": 0.7})
    measure_test_sets(notes("test/accuracy"), read_measured([run]))
    assert opened == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["results", "--sweeps=nowhere"], "error: sweeps: there is no 'nowhere/notes'; run this "),
        (["page"], "error: command line: argument page: invalid choice: 'page'"),
        ([], "error: command line: the following arguments are required: page; see --help"),
        (["results", "--swep=x"], "error: command line: unrecognized arguments: --swep=x"),
    ],
)
def test_refusals(arguments: list[str], line: str, refused: Callable[..., str]) -> None:
    docs = Path(__file__).resolve().parents[2] / "docs"
    own = [f"--docs={docs}"] if "results" in arguments else []
    assert refused(main, [*arguments, *own]).startswith(line)


def test_help_is_quick_and_imports_no_torch() -> None:
    code = (
        "import sys; from reviewlab.cli.notes import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "results" in done.stdout and "lessons" in done.stdout
