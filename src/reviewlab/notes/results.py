"""`docs/results.md`: published beside measured."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from reviewlab.notes.measured import Measured
from reviewlab.notes.published import Published, PublishedNotes, PublishedTable
from reviewlab.reporting.cells import MARKS
from reviewlab.reporting.leaderboard import Leaderboard, Line

ONE_RUN = 0.01
"""A difference from a single run's figure is worth a sentence from here on."""

OPENING = """\
# The study notes' experiments: published and measured

Written by `make notes` from the run folders and from `docs/published.yaml`. Each row is
`python scripts/train.py experiment=<its name>`. Figures stand at the last epoch, as the notes
printed them; measured ones are the mean over n seeds and ± their standard deviation (each seed has
a split of its own where the split is drawn). Seconds are those of training one run on one core.
Parameters are torch's; in brackets Keras' count, which has one bias vector where torch keeps two.
"""

GROUPED = """\
## Netflix again, no text on two sides

The same experiments with `data.split=grouped data.validation=0.1`: a review whose text stands in
another split too, case and punctuation folded, does not count. Ranked by the validation split at
the epoch of the lowest validation loss.
"""

METRICS = {
    "test/accuracy": "test accuracy",
    "test/loss": "test loss",
    "test/mae": "test MAE in stars",
    "val/accuracy": "validation accuracy",
    "val/loss": "validation loss",
}


def results(
    notes: PublishedNotes,
    found: Mapping[str, Measured],
    figures: Sequence[PurePath],
    grouped: Leaderboard | None,
) -> str:
    """The whole page.

    figures: pictures, by their paths from the page.
    grouped: the Netflix experiments again, no text on two sides.
    """
    parts = [OPENING]
    parts += [_section(table, found) for table in notes.tables]
    if grouped is not None:
        parts.append(_grouped(grouped))
    parts += [f"![{figure.stem.replace('_', ' ')}]({figure})\n" for figure in figures]
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
    rows = [_rows(name, published, table, found) for name, published in table.experiments.items()]
    words = [_difference(n, table, found) for n, p in table.experiments.items() if p.difference]
    baseline = _baseline(table, found)
    return "\n".join(
        [f"## {table.title}\n", f"{table.about.strip()} {baseline}\n", head, rule]
        + rows
        + ["\nWhere they differ:\n"] * bool(words)
        + words
        + [""]
    )


def _rows(
    name: str, published: Published, table: PublishedTable, found: Mapping[str, Measured]
) -> str:
    """A line a metric; what does not depend on the metric stands in the first."""
    metrics = [*published.figures, *(m for m in table.metrics if m not in published.figures)]
    ours = found.get(name)
    if ours is None or not ours.runs:
        return f"| `{name}` | not run | | | | | | | |"
    rest = [str(len(ours.runs)), f"{ours.epochs:.3g}", f"{ours.seconds:.0f}", _parameters(ours)]
    lines = []
    for number, metric in enumerate(metrics):
        if number and not ours.values(metric):
            continue
        first = number == 0
        cells = [f"`{name}`" if first else "", METRICS.get(metric, metric)]
        cells += [_published(published, metric, first), _measured(ours, metric)]
        cells += [*rest, _flags(ours)] if first else [""] * 5
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _published(published: Published, metric: str, first: bool) -> str:
    if metric in published.figures:
        return _digits(published.figures[metric])
    return published.words if first else ""


def _measured(ours: Measured, metric: str) -> str:
    mean, spread = ours.mean(metric), ours.spread(metric)
    if mean is None:
        return "not measured"
    return _digits(mean) + (f" ± {_digits(spread)}" if spread is not None else "")


def _digits(value: float) -> str:
    return f"{value:.4f}".removeprefix("0")


def _parameters(ours: Measured) -> str:
    run = ours.runs[0]
    keras = f" ({run.keras_parameters:,})" if run.keras_parameters != run.parameters else ""
    return f"{run.parameters:,}{keras}"


def _flags(ours: Measured) -> str:
    names = dict.fromkeys(flag for run in ours.runs for flag in run.flags)
    counts = {name: sum(name in run.flags for run in ours.runs) for name in names}
    return ", ".join(f"{name} ({n} of {len(ours.runs)})" for name, n in counts.items())


def _difference(name: str, table: PublishedTable, found: Mapping[str, Measured]) -> str:
    published = table.experiments[name]
    shown = "; ".join(_shown(other, table, found) for other in published.shown_by)
    return f"- `{name}`: {published.difference.strip()} (Shown by {shown}.)"


def _shown(name: str, table: PublishedTable, found: Mapping[str, Measured]) -> str:
    """A run and what it measured, which is why it is named."""
    ours = found.get(name)
    values = [
        f"{METRICS.get(metric, metric)} {_measured(ours, metric)}"
        for metric in table.metrics
        if ours and ours.values(metric)
    ]
    return f"`{name}`{': ' * bool(values)}{', '.join(values)}"


def _baseline(table: PublishedTable, found: Mapping[str, Measured]) -> str:
    """What the commonest class alone would reach."""
    ours = [found[name] for name in table.experiments if name in found and found[name].runs]
    if not ours:
        return ""
    share = ours[0].runs[0].baseline["train"]["accuracy"]
    return f"Always answering the commonest class is right for {_digits(share)} of the reviews."


def _grouped(board: Leaderboard) -> str:
    """The leaderboard by experiment, in the order of the means."""
    lines = [
        f"| `{line.settings['experiment']}` | {_digits(line.mean)} | {_bounds(line)} | {line.n} "
        f"| {MARKS[line.verdict]} |"
        for line in board.lines
    ]
    return "\n".join(
        [
            GROUPED,
            "| experiment | validation accuracy | 95 % interval | n | vs best |",
            "|---|---:|---|---:|---|",
            *lines,
            "",
        ]
    )


def _bounds(line: Line) -> str:
    return " to ".join(map(_digits, line.bounds)) if line.bounds else ""
