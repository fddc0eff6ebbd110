"""The command line of `scripts/notes.py`: pages of the study notes, from the runs of sweeps."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from reviewlab.cli.report import Parser
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.exceptions import InputError
from reviewlab.notes.lessons import lessons_page, read_lessons
from reviewlab.notes.measured import Measured, measured
from reviewlab.notes.published import PublishedNotes, read_published
from reviewlab.notes.results import results, unexplained
from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.reporting.rows import run_folders
from reviewlab.runs.files import write_text

METRIC = "val/accuracy"
OPTIMIZERS = ("gradient_descent", "sgd", "momentum", "adagrad", "rmsprop", "adam")
WHOLE_REVIEWS = ["data.text.max_length=null", "data.text.start_id=null", "data.validation=0"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write one of the pages."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    with exit_on_input_error(arguments):
        options = make_parser().parse_args(arguments)
        options.write(Path(options.sweeps), Path(options.docs))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("notes"),
        allow_abbrev=False,
        description="Write the pages of the study notes from the runs of their sweeps.",
    )
    commands = parser.add_subparsers(metavar="page", required=True)
    for name, write, what in (
        ("results", write_results, "published beside measured, from the sweeps notes*"),
        ("lessons", write_lessons, "beliefs and what came of them, from the sweeps lessons-*"),
    ):
        page = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
        page.set_defaults(write=write)
        page.add_argument(
            "--sweeps", default="outputs/sweeps", metavar="FOLDER", help="where the sweeps are"
        )
        page.add_argument(
            "--docs", default="docs", metavar="FOLDER", help=f"where {name}.md and figures go"
        )
    return parser


def write_results(sweeps: Path, docs: Path) -> None:
    """Measure what the notes measured on test sets, then write `results.md` and its figures."""
    notes = read_published(docs / "published.yaml")
    folders = [*_find_runs(sweeps / "notes"), *_find_runs_if_any(sweeps / "notes_seeds")]
    open_test_sets(notes, measured(folders))
    runs, grouped = measured(folders), _find_runs_if_any(sweeps / "notes_grouped")
    board = read_leaderboard(grouped, METRIC, "max") if grouped else None
    pictures = draw(notes, runs, measured(grouped), docs / "figures")
    shows: dict[PurePath, str] = {p.relative_to(docs): what for p, what in pictures.items()}
    page = results(notes, runs, shows, board)
    write_text(docs / "results.md", page)
    sys.stdout.write(f"written: {docs / 'results.md'} and {len(pictures)} figures\n")
    for name in unexplained(notes, runs):
        sys.stdout.write(f"differs by more than its spread, and nothing says why: {name}\n")


def write_lessons(sweeps: Path, docs: Path) -> None:
    """Write `lessons.md`."""
    lessons = read_lessons(docs / "lessons.yaml")
    folders = {lesson.sweep: sweeps / f"lessons-{lesson.sweep}" for lesson in lessons}
    boards = {
        name: read_leaderboard(_find_runs(folder), METRIC, "max")
        for name, folder in folders.items()
        if folder.is_dir()
    }
    write_text(docs / "lessons.md", lessons_page(lessons, boards))
    sys.stdout.write(f"written: {docs / 'lessons.md'}, {len(boards)} of {len(folders)} sweeps\n")


def open_test_sets(notes: PublishedNotes, runs: Mapping[str, Measured]) -> None:
    """Measure runs on their test split where the note's figure is one, unless that was done."""
    folders = [
        run.folder
        for table in notes.tables
        for name, published in table.experiments.items()
        if any(m.startswith("test/") for m in (*published.figures, *table.metrics))
        for run in (runs[name].runs if name in runs else ())
        if not any(metric.startswith("test/") for metric in run.metrics)
    ]
    if folders:
        from reviewlab.evaluation.test_set import measure_on_test  # torch

        measure_on_test(folders, "notes")


def draw(
    notes: PublishedNotes,
    runs: Mapping[str, Measured],
    grouped: Mapping[str, Measured],
    folder: Path,
) -> dict[Path, str]:
    """Draw all figures of the page.

    Args:
        notes: what was published.
        runs: what was measured, by experiment.
        grouped: the same for data of which no text is on two sides.
        folder: where the figures go.

    Returns:
        By file, what it shows.
    """
    from reviewlab.notes import figures  # matplotlib takes its time

    folder.mkdir(parents=True, exist_ok=True)
    shows = {}
    for number, table in enumerate(notes.tables, start=1):
        path = folder / f"loss_curves_{number}.png"
        figures.loss_curves([*table.experiments], runs, path)
        shows[path] = f"Loss by epoch, {table.title}"
    path = folder / "loss_curves_grouped.png"
    figures.loss_curves([name for name, _ in notes], grouped, path)
    shows[path] = "Loss by epoch, Netflix reviews with no text on two sides"
    path = folder / "optimizers.png"
    figures.compared(runs, [f"imdb/{name}" for name in OPTIMIZERS], "train/loss", path)
    shows[path] = "Training loss by epoch of the optimizers, mean over seeds"
    path = folder / "review_lengths.png"
    figures.length_histogram(_count_words(), path)
    shows[path] = "Words that the reviews have"
    return {path: what for path, what in shows.items() if path.is_file()}


def _count_words() -> dict[str, NDArray[np.int64]]:
    """Count the words of each training review, by data set."""
    from reviewlab.config.check import check_config
    from reviewlab.config.compose import compose_config

    lengths = {}
    for name in ("imdb", "netflix"):
        config = compose_config("train", [f"data={name}", *WHOLE_REVIEWS])
        data = check_config(config).data.build()
        data.prepare()
        lengths[name] = np.diff(data.corpus("train").offsets)
    return lengths


def _find_runs_if_any(sweep: Path) -> list[Path]:
    return _find_runs(sweep) if sweep.is_dir() else []


def _find_runs(sweep: Path) -> list[Path]:
    if not sweep.is_dir():
        raise InputError(f"sweeps: there is no {str(sweep)!r}; allowed: a folder with that sweep")
    return [path.resolve() for path in run_folders(sweep)]
