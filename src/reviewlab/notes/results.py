"""`docs/results.md`: published beside measured."""

from collections.abc import Mapping
from pathlib import PurePath

from reviewlab.console.table import markdown_table
from reviewlab.notes import cells
from reviewlab.notes.measured import Measured
from reviewlab.notes.published import Published, PublishedNotes, PublishedTable
from reviewlab.reporting.cells import MARKS
from reviewlab.reporting.cells import notes as notes_below
from reviewlab.reporting.leaderboard import Leaderboard, Line

ONE_RUN = 0.01
"""A difference from a single run's figure is worth a sentence from here on."""

OPENING = """\
# The study notes' experiments: published and measured

Written by `make notes` from the run folders and from `docs/published.yaml`. Each row is
`python scripts/train.py experiment=<its name> data.split_seed=null seed=0`, then with the next
seeds; `test=true` measures the test set as well. Figures stand at the last epoch, as the notes
printed them; only where there is a validation split, a test set is measured at the epoch of the
lowest validation loss. Measured ones are the mean over n seeds and ± their standard deviation; each
seed has a split of its own where the split is drawn. n is 3 where a run takes less than two
minutes, and 8 or 12 where three left open whether a published figure is an unusual run. Seconds are
those of training one run on one core. Parameters are torch's; in brackets Keras' count, which has
one bias vector where torch keeps two.
"""

GROUPED = """\
## Netflix again, no text on two sides

The sweep `notes_grouped`: `data.split=grouped data.validation=0.1`, so that a text, case and
punctuation folded, stands in one split only. Experiments of 100 epochs have 30 here, and
`netflix/textblob_labels`, whose labels are others, is left out, as is what reads a part of the
reviews. All seeds share one split; ranked by its validation part at the epoch of the lowest
validation loss. Those that stay far behind have one seed.
"""


def results(
    notes: PublishedNotes,
    measurements: Mapping[str, Measured],
    figures: Mapping[PurePath, str],
    grouped: Leaderboard | None,
) -> str:
    """The whole page.

    figures: what each picture shows, by its path from the page.
    grouped: the Netflix experiments again, no text on two sides; left out if nothing is measured.
    """
    parts = [OPENING]
    parts += [_section(table, measurements) for table in notes.tables]
    if grouped is not None and grouped.lines:
        parts.append(_grouped(grouped))
    if figures:
        parts.append("## Figures\n")
    parts += [f"{shows}:\n\n![{shows}]({figure})\n" for figure, shows in figures.items()]
    return "\n".join(parts)


def unexplained(notes: PublishedNotes, measurements: Mapping[str, Measured]) -> list[str]:
    """The experiments that differ by more than their spread and of which nothing says why."""
    return [
        name
        for name, published in notes
        if name in measurements
        and differs(published, measurements[name])
        and not published.difference
    ]


def differs(published: Published, ours: Measured) -> bool:
    """Tell whether a published figure is farther away than the seeds are spread."""
    return any(
        abs(value - mean) > (ours.spread(metric) or ONE_RUN)
        for metric, value in published.figures.items()
        if (mean := ours.mean(metric)) is not None
    )


def _section(table: PublishedTable, measurements: Mapping[str, Measured]) -> str:
    usual = _share(table, measurements)
    rows = [
        row
        for name, published in table.experiments.items()
        for row in cells.rows(name, published, table.metrics, measurements.get(name), usual)
    ]
    words = [
        _difference(n, table, measurements) for n, p in table.experiments.items() if p.difference
    ]
    about = table.about.strip()
    if usual is not None:
        share = cells.digits(usual)
        about += f" Always answering the commonest class is right for {share} of the reviews."
    lines = [f"## {table.title}\n", f"{about}\n", markdown_table(cells.TITLES, rows, cells.RIGHT)]
    if words:
        lines += ["\nWhere they differ:\n", *words]
    return "\n".join([*lines, ""])


def _difference(name: str, table: PublishedTable, measurements: Mapping[str, Measured]) -> str:
    published = table.experiments[name]
    runs = "; ".join(_named_with_values(other, table, measurements) for other in published.shown_by)
    return f"- `{name}`: {published.difference.strip()} (Shown by {runs}.)"


def _named_with_values(
    name: str, table: PublishedTable, measurements: Mapping[str, Measured]
) -> str:
    """A run and what it measured, which is why it is named."""
    ours = measurements.get(name)
    values = [
        f"{cells.what(metric, ours)} {cells.measured(ours, metric)}"
        for metric in table.metrics
        if ours and ours.values(metric)
    ]
    return f"`{name}`: {', '.join(values)}" if values else f"`{name}`"


def _share(table: PublishedTable, measurements: Mapping[str, Measured]) -> float | None:
    """Return the share of the commonest class in the training of a table's first experiment."""
    ours = [
        measurements[name]
        for name in table.experiments
        if name in measurements and measurements[name].runs
    ]
    return ours[0].runs[0].commonest if ours else None


def _grouped(board: Leaderboard) -> str:
    """The leaderboard by experiment, in the order of the means."""
    titles = ("experiment", "validation accuracy", "95 % interval", "n", "vs best")
    rows = [
        (
            f"`{line.rows[0].choices['experiment']}`",
            cells.digits(line.mean),
            _bounds(line),
            str(line.n),
            MARKS[line.verdict],
        )
        for line in board.lines
    ]
    return "\n".join(
        [
            GROUPED,
            markdown_table(titles, rows, right=(False, True, False, True, False)),
            "",
            *(f"- {note}" for note in notes_below(board)),
            *_ahead(board),
            "",
        ]
    )


def _ahead(board: Leaderboard) -> list[str]:
    """Say where the first is above all others by more than its interval, and what that is not."""
    best, *others = board.lines
    if not others or best.bounds is None or best.bounds[0] <= others[0].mean:
        return []
    return [
        f"- `{best.rows[0].choices['experiment']}` is above all others by more than its 95 % "
        f"interval, which begins at {cells.digits(best.bounds[0])}; the mark asks for more: a "
        "paired difference that is clear beside the spread of all rows together"
    ]


def _bounds(line: Line) -> str:
    return " to ".join(map(cells.digits, line.bounds)) if line.bounds else ""
