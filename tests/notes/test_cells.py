"""The cells of the table of results."""

from pathlib import Path

from tests.notes.folders import note_run
from tests.notes.pages import notes, page

from reviewlab.notes.measured import read_measured
from reviewlab.notes.results import results_page


def test_mean_and_spread_over_seeds(tmp_path: Path) -> None:
    row = next(line for line in page(tmp_path, 0.79, 0.80, 0.81).splitlines() if "lstm" in line)
    assert "| .8000 | .8000 ± .0100 | 3 | 2 | " in row


def test_one_run_has_no_spread(tmp_path: Path) -> None:
    assert "| .8000 | .7900 | 1 |" in page(tmp_path, 0.79)


def test_what_was_not_run_is_said(tmp_path: Path) -> None:
    assert "| `imdb/gru` | not run |" in page(tmp_path, 0.8)


def test_what_is_measured_otherwise_says_so(tmp_path: Path) -> None:
    """One run has a loss that is no cross-entropy, and labels with another commonest class."""
    measures = {"test": {"test/loss": 1.5}, "experiment": "imdb/gru"}
    folders = [
        note_run(tmp_path, "imdb/lstm"),
        note_run(tmp_path, loss="MSE", commonest=0.9, **measures),
    ]
    published = notes()
    published.tables[0].metrics.append("test/loss")
    first, second = results_page(published, read_measured(folders), {}, None).splitlines()[-2:]
    assert first.endswith("| commonest class .9000 |")
    assert second.startswith("|  | test squared error |  | 1.5000 |")
