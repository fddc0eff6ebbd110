"""The command line of `scripts/notes.py`: write the docs pages that check the study notes."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from reviewlab.cli.parser import Parser
from reviewlab.console.commands import command
from reviewlab.console.exit import exit_on_input_error
from reviewlab.console.table import on_one_line
from reviewlab.exceptions import InputError
from reviewlab.notes.lessons import lessons_page, read_lessons
from reviewlab.notes.measured import Measured, read_measured
from reviewlab.notes.published import PublishedNotes, read_published
from reviewlab.notes.results import results_page, unexplained
from reviewlab.reporting.leaderboard import read_leaderboard
from reviewlab.reporting.rows import run_folders
from reviewlab.runs.files import write_text
from reviewlab.sweeps.folder import SweepFolder

METRIC = "val/accuracy"
OPTIMIZERS = ("gradient_descent", "sgd", "momentum", "adagrad", "rmsprop", "adam")
WHOLE_REVIEWS = ["data.text.max_length=null", "data.text.start_id=null", "data.validation=0"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write one of the two docs pages, `results.md` or `lessons.md`."""
    with exit_on_input_error(argv) as arguments:
        options = make_parser().parse_args(arguments)
        options.write(Path(options.sweeps), Path(options.docs))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog=command("notes"),
        allow_abbrev=False,
        description="Write the docs pages that compare the study notes with results of sweeps.",
    )
    commands = parser.add_subparsers(metavar="page", required=True)
    for name, write, summary in (
        ("results", write_results, "published and measured results, from the sweeps notes*"),
        ("lessons", write_lessons, "beliefs and their tests, from the sweeps lessons-*"),
    ):
        page = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        page.set_defaults(write=write)
        page.add_argument(
            "--sweeps", default="outputs/sweeps", metavar="FOLDER", help="where the sweeps are"
        )
        page.add_argument(
            "--docs", default="docs", metavar="FOLDER", help=f"where to write {name}.md and figures"
        )
    return parser


def write_results(sweeps: Path, docs: Path) -> None:
    """Write `results.md`, which compares the study notes' results with measured ones, and figures.

    If the notes report a test metric that a run lacks, the run is measured on the test split first.
    """
    notes = read_published(docs / "published.yaml")
    folders = [*_find_runs(sweeps / "notes"), *_find_runs_if_any(sweeps / "notes_seeds")]
    measure_test_sets(notes, read_measured(folders))
    runs, grouped = read_measured(folders), _find_runs_if_any(sweeps / "notes_grouped")
    plan = SweepFolder(sweeps / "notes_grouped").plan()
    board = read_leaderboard(grouped, METRIC, "max", plan) if grouped else None
    pictures = draw(notes, runs, read_measured(grouped), docs / "figures")
    titles: dict[PurePath, str] = {p.relative_to(docs): title for p, title in pictures.items()}
    page = results_page(notes, runs, titles, board)
    write_text(docs / "results.md", page)
    sys.stdout.write(
        f"written: {on_one_line(str(docs / 'results.md'))} and {len(pictures)} figures\n"
    )
    for name in unexplained(notes, runs):
        sys.stdout.write(
            f"{name}: published and measured results differ by more than the runs' spread; "
            "explain this under `difference` in published.yaml\n"
        )


def write_lessons(sweeps: Path, docs: Path) -> None:
    """Write `lessons.md`, which compares the study notes' beliefs with the results of sweeps."""
    lessons = read_lessons(docs / "lessons.yaml")
    folders = {lesson.sweep: sweeps / f"lessons-{lesson.sweep}" for lesson in lessons}
    boards = {
        name: read_leaderboard(_find_runs(folder), METRIC, "max", SweepFolder(folder).plan())
        for name, folder in folders.items()
        if folder.is_dir()
    }
    write_text(docs / "lessons.md", lessons_page(lessons, boards))
    sys.stdout.write(
        f"written: {on_one_line(str(docs / 'lessons.md'))} "
        f"(covers {len(boards)} of {len(folders)} sweeps)\n"
    )


def measure_test_sets(notes: PublishedNotes, runs: Mapping[str, Measured]) -> None:
    """Measure runs without a test metric on the test split, if the study notes report one."""
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
        notes: the published results.
        runs: maps each experiment's name to its measured results.
        grouped: like `runs`, but measured on data whose splits share no text.
        folder: the folder to write the figures to.

    Returns:
        A mapping from each figure's file to its title.
    """
    from reviewlab.notes import figures  # imported late: matplotlib is slow to import

    folder.mkdir(parents=True, exist_ok=True)
    titles = {}
    for number, table in enumerate(notes.tables, start=1):
        path = folder / f"loss_curves_{number}.png"
        figures.draw_losses([*table.experiments], runs, path)
        titles[path] = f"Loss by epoch, {table.title}"
    path = folder / "loss_curves_grouped.png"
    figures.draw_losses([name for name, _ in notes], grouped, path)
    titles[path] = "Loss by epoch, Netflix reviews with no text in two splits"
    path = folder / "optimizers.png"
    figures.draw_metric(runs, [f"imdb/{name}" for name in OPTIMIZERS], "train/loss", path)
    titles[path] = "Training loss by epoch of the optimizers, mean over seeds"
    path = folder / "review_lengths.png"
    figures.draw_lengths(_count_words(), path)
    titles[path] = "Words per review"
    return {path: title for path, title in titles.items() if path.is_file()}


def _count_words() -> dict[str, NDArray[np.int64]]:
    """Map each data set's name to the number of words in each of its training reviews."""
    from reviewlab.config.check import check_config
    from reviewlab.config.compose import compose_config
    from reviewlab.data.datamodule import as_reviews

    lengths = {}
    for name in ("imdb", "netflix"):
        config = compose_config("train", [f"data={name}", *WHOLE_REVIEWS])
        data = as_reviews(check_config(config).data.build())
        data.prepare()
        lengths[name] = np.diff(data.corpus("train").offsets)
    return lengths


def _find_runs_if_any(sweep: Path) -> list[Path]:
    return _find_runs(sweep) if sweep.is_dir() else []


def _find_runs(sweep: Path) -> list[Path]:
    if not sweep.is_dir():
        raise InputError(
            f"sweeps: there is no {str(sweep)!r}; run this sweep, or give the folder that contains "
            "it as --sweeps"
        )
    return [path.resolve() for path in run_folders(sweep)]
