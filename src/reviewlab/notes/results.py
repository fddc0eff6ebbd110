"""Write `docs/results.md`, which compares published and measured results."""

from collections.abc import Mapping
from pathlib import PurePath

from reviewlab.console.table import markdown_table
from reviewlab.notes import cells
from reviewlab.notes.measured import Measured
from reviewlab.notes.published import Published, PublishedNotes, PublishedTable
from reviewlab.reporting.cells import notes as notes_below
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.marks import MARKS

ONE_RUN = 0.01
"""The smallest difference from a single run that needs an explanation."""

OPENING = """\
# The study notes' experiments: published and measured

Written by `make notes` from run folders and `docs/published.yaml`. Each row is
`python scripts/train.py experiment=<its name> data.split_seed=null seed=0`, repeated with the next
seeds; `test=true` measures the test set too. As in the notes, results are those of the last epoch,
except test results of experiments with a validation split, which are measured at the epoch with the
lowest validation loss. Measured results are means over n seeds ± their standard deviation; if the
split is random, each seed has its own. n is 3, or 8 or 12 if three runs left open whether the
published run was an unusual one. Seconds are the training time of one run on one core. Parameters
are counted as in torch, with Keras' count in brackets if it differs: Keras has one bias vector
where torch has two.
"""

GROUPED = """\
## Netflix again, with no text in two splits

The sweep `notes_grouped` uses `data.split=grouped data.validation=0.1`, so that a text, ignoring
case and punctuation, is in one split only. Experiments of 100 epochs train for 30 here.
`netflix/textblob_labels`, which has other labels, is left out, as are experiments on a part of the
reviews. All seeds share one split; rows are ranked by validation accuracy at the epoch with the
lowest validation loss.
"""

WHOLE = "the 95 % interval is that of the mean for other seeds and other validation reviews"
"""The note on intervals, without the brackets that this table leaves out."""


def results_page(
    notes: PublishedNotes,
    measurements: Mapping[str, Measured],
    figures: Mapping[PurePath, str],
    grouped: Leaderboard | None,
) -> str:
    """Format the whole page.

    Args:
        notes: the published results.
        measurements: maps each experiment's name to its measured results.
        figures: maps each picture's path, relative to the page, to the picture's title.
        grouped: leaderboard of the Netflix experiments in which no two splits share a text. None or
            an empty leaderboard is left out.
    """
    parts = [OPENING]
    parts += [_section(table, measurements) for table in notes.tables]
    if grouped is not None and grouped.lines:
        parts.append(_grouped(grouped))
    if figures:
        parts.append("## Figures\n")
    parts += [f"{title}:\n\n![{title}]({figure})\n" for figure, title in figures.items()]
    return "\n".join(parts)


def unexplained(notes: PublishedNotes, measurements: Mapping[str, Measured]) -> list[str]:
    """List the experiments that differ from their published results without an explanation."""
    return [
        name
        for name, published in notes
        if name in measurements
        and differs(published, measurements[name])
        and not published.difference
    ]


def differs(published: Published, ours: Measured) -> bool:
    """Return True if a published result differs from our mean by more than our spread."""
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
        share = cells.format_share(usual)
        about += f" Always predicting the commonest class has an accuracy of {share}."
    lines = [f"## {table.title}\n", f"{about}\n", markdown_table(cells.TITLES, rows, cells.RIGHT)]
    if words:
        lines += ["\nWhy published and measured results differ:\n", *words]
    return "\n".join([*lines, ""])


def _difference(name: str, table: PublishedTable, measurements: Mapping[str, Measured]) -> str:
    published = table.experiments[name]
    runs = "; ".join(_cite_run(other, table, measurements) for other in published.shown_by)
    return f"- `{name}`: {published.difference.strip()} (Shown by {runs}.)"


def _cite_run(name: str, table: PublishedTable, measurements: Mapping[str, Measured]) -> str:
    """Cite an experiment with its results, as evidence for the reason of a difference.

    Args:
        name: name of the experiment.
        table: the table that contains it.
        measurements: maps each experiment's name to its measured results.
    """
    ours = measurements.get(name)
    values = [
        f"{cells.metric_label(metric, ours)} {cells.mean_and_spread(ours, metric)}"
        for metric in table.metrics
        if ours and ours.values(metric)
    ]
    return f"`{name}`: {', '.join(values)}" if values else f"`{name}`"


def _share(table: PublishedTable, measurements: Mapping[str, Measured]) -> float | None:
    """Return the share of the commonest class for a table's first experiment with runs."""
    ours = [
        measurements[name]
        for name in table.experiments
        if name in measurements and measurements[name].runs
    ]
    return ours[0].runs[0].commonest if ours else None


def _grouped(board: Leaderboard) -> str:
    """Format the leaderboard, one row per experiment, ordered by mean."""
    titles = ("experiment", "validation accuracy", "95 % interval", "n", "vs best")
    rows = [
        (
            f"`{line.rows[0].choices['experiment']}`",
            cells.format_share(line.mean),
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
            *(f"- {note}" for note in notes_below(board, WHOLE)),
            *_ahead(board),
            "",
        ]
    )


def _ahead(board: Leaderboard) -> list[str]:
    """Return a note if the best experiment's interval excludes all other means, else nothing."""
    best, *others = board.lines
    if not others or best.bounds is None or best.bounds[0] <= others[0].mean:
        return []
    return [
        f"- the means of all others are below the 95 % interval of "
        f"`{best.rows[0].choices['experiment']}`, which begins at "
        f"{cells.format_share(best.bounds[0])}; the mark `worse` requires more: a paired "
        "difference that is clear against the pooled spread of all rows"
    ]


def _bounds(line: Line) -> str:
    return " to ".join(map(cells.format_share, line.bounds)) if line.bounds else ""
