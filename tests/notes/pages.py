"""Small pages about the notes, made by hand."""

from pathlib import Path

from tests.notes.folders import note_run

from reviewlab.notes.measured import read_measured
from reviewlab.notes.published import PublishedNotes
from reviewlab.notes.results import results_page


def notes(**lstm: object) -> PublishedNotes:
    entry = {"note": 5, "figures": {"val/accuracy": 0.8}, **lstm}
    table = {"title": "IMDB", "about": "Reviews.", "metrics": ["val/accuracy"]}
    return PublishedNotes(tables=[{**table, "experiments": {"imdb/lstm": entry, "imdb/gru": {}}}])


def seeds(tmp_path: Path, *values: float, experiment: str = "imdb/lstm") -> list[Path]:
    return [
        note_run(tmp_path, experiment, seed, {"val/accuracy": value})
        for seed, value in enumerate(values)
    ]


def page(tmp_path: Path, *values: float, **lstm: object) -> str:
    return results_page(notes(**lstm), read_measured(seeds(tmp_path, *values)), {}, None)
