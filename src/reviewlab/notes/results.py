"""`docs/results.md`: published beside measured."""

from collections.abc import Mapping
from pathlib import PurePath

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
    found: Mapping[str, Measured],
    figures: Mapping[PurePath, str],
    grouped: Leaderboard | None,
) -> str:
    """The whole page.

    figures: what each picture shows, by its path from the page.
    grouped: the Netflix experiments again, no text on two sides; left out if nothing is measured.
    """
    parts = [OPENING]
    parts += [_section(table, found) for table in notes.tables]
    if grouped is not None and grouped.lines:
        parts.append(_grouped(grouped))
    parts += ["## Figures\n"] * bool(figures)
    parts += [f"{shows}:\n\n![{shows}]({figure})\n" for figure, shows in figures.items()]
    return "\n".join(parts)


def unexplained(notes: PublishedNotes, found: Mapping[str, Measured]) -> list[str]:
    """The experiments that differ by more than their spread and of which nothing says why."""
    return [
        name
        for name, published in notes
        if name in found and differs(published, found[name]) and not published.difference
    ]


def differs(published: Published, ours: Measured) -> bool:
    """Whether a published figure is farther away than the seeds are spread."""
    return any(
        abs(value - mean) > (ours.spread(metric) or ONE_RUN)
        for metric, value in published.figures.items()
        if (mean := ours.mean(metric)) is not None
    )


def _section(table: PublishedTable, found: Mapping[str, Measured]) -> str:
    head = "| experiment | | published | measured | n | epochs | seconds | parameters | flags |"
    rule = "|---|---|---:|---:|---:|---:|---:|---:|---|"
    usual = _share(table, found)
    rows = [
        cells.rows(name, published, table.metrics, found.get(name), usual)
        for name, published in table.experiments.items()
    ]
    words = [_difference(n, table, found) for n, p in table.experiments.items() if p.difference]
    about = table.about.strip()
    if usual is not None:
        share = cells.digits(usual)
        about += f" Always answering the commonest class is right for {share} of the reviews."
    return "\n".join(
        [f"## {table.title}\n", f"{about}\n", head, rule]
        + rows
        + ["\nWhere they differ:\n"] * bool(words)
        + words
        + [""]
    )


def _difference(name: str, table: PublishedTable, found: Mapping[str, Measured]) -> str:
    published = table.experiments[name]
    shown = "; ".join(_shown(other, table, found) for other in published.shown_by)
    return f"- `{name}`: {published.difference.strip()} (Shown by {shown}.)"


def _shown(name: str, table: PublishedTable, found: Mapping[str, Measured]) -> str:
    """A run and what it measured, which is why it is named."""
    ours = found.get(name)
    values = [
        f"{cells.what(metric, ours)} {cells.measured(ours, metric)}"
        for metric in table.metrics
        if ours and ours.values(metric)
    ]
    return f"`{name}`{': ' * bool(values)}{', '.join(values)}"


def _share(table: PublishedTable, found: Mapping[str, Measured]) -> float | None:
    """Of the commonest class among the training reviews of a table's first experiment."""
    ours = [found[name] for name in table.experiments if name in found and found[name].runs]
    return ours[0].runs[0].commonest if ours else None


def _grouped(board: Leaderboard) -> str:
    """The leaderboard by experiment, in the order of the means."""
    lines = [
        f"| `{line.rows[0].choices['experiment']}` | {cells.digits(line.mean)} | {_bounds(line)} "
        f"| {line.n} | {MARKS[line.verdict]} |"
        for line in board.lines
    ]
    return "\n".join(
        [
            GROUPED,
            "| experiment | validation accuracy | 95 % interval | n | vs best |",
            "|---|---:|---|---:|---|",
            *lines,
            "",
            *(f"- {note}" for note in notes_below(board)),
            *_ahead(board),
            "",
        ]
    )


def _ahead(board: Leaderboard) -> list[str]:
    """Whether the first is above all others by more than its interval, and what that is not."""
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
