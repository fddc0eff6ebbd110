"""The cells of `docs/results.md`."""

from collections.abc import Sequence

from reviewlab.notes.measured import Measured
from reviewlab.notes.published import Published

ELSEWHERE = 0.01
"""The share of the commonest class differs by more than this only if the labels differ."""

METRICS = {
    "test/accuracy": "test accuracy",
    "test/loss": "test loss",
    "test/squared_error": "test squared error",
    "test/mae": "test MAE in stars",
    "val/accuracy": "validation accuracy",
    "val/loss": "validation loss",
}


TITLES = (
    "experiment",
    "",
    "published",
    "measured",
    "n",
    "epochs",
    "seconds",
    "parameters",
    "flags",
)
"""Titles of the columns that `rows` fills."""

RIGHT = (False, False, True, True, True, True, True, True, False)
"""True for each column whose cells are numbers."""


def rows(
    name: str,
    published: Published,
    metrics: Sequence[str],
    ours: Measured | None,
    usual: float | None,
) -> list[list[str]]:
    """Return a table row for each metric; cells that apply to all metrics are in the first row.

    Args:
        name: name of the experiment.
        published: the experiment's published results.
        metrics: metrics to show besides the published ones.
        ours: our runs of the experiment; None if there are none.
        usual: the usual share of the commonest class in this table. A row with a different share
            shows that share, unless `usual` is None.

    Returns:
        The cells of each row, as markdown.
    """
    first = _name_cell(name, published)
    if ours is None or not ours.runs:
        state = "failed" if ours is not None and ours.failed else "not run"
        return [[first, state, *("" for _ in TITLES[2:])]]
    rest = [_count(ours), f"{ours.epochs:.3g}", f"{ours.seconds:.0f}", _parameters(ours)]
    rest.append(_flags(ours, usual))
    words, lines = published.words, list[list[str]]()
    for metric in [*published.figures, *(m for m in metrics if m not in published.figures)]:
        if lines and not ours.values(metric):
            continue
        printed = format_share(published.figures[metric]) if metric in published.figures else words
        label, mean = metric_label(metric, ours), mean_and_spread(ours, metric)
        lines.append([first, label, printed, mean, *rest])
        first, words, rest = "", "", ["" for _ in rest]
    return lines


def _name_cell(name: str, published: Published) -> str:
    return f"`{name}`" + (f" (note {published.note})" if published.note else "")


def metric_label(metric: str, ours: Measured) -> str:
    """Name a metric in words; the loss of a network trained with MSE is its squared error."""
    if metric == "test/loss" and ours.runs[0].loss == "MSE":
        metric = "test/squared_error"
    return METRICS.get(metric, metric)


def _count(ours: Measured) -> str:
    return f"{len(ours.runs)}" + (f", {len(ours.failed)} failed" if ours.failed else "")


def mean_and_spread(ours: Measured, metric: str) -> str:
    """Format the mean of a metric over the seeds, and its standard deviation if there is one."""
    mean, spread = ours.mean(metric), ours.spread(metric)
    if mean is None:
        return "not measured"
    return format_share(mean) + (f" ± {format_share(spread)}" if spread is not None else "")


def format_share(value: float) -> str:
    """Format a number with four decimals and no leading zero: `.8012`."""
    return f"{value:.4f}".removeprefix("0")


def _parameters(ours: Measured) -> str:
    run = ours.runs[0]
    keras = f" ({run.keras_parameters:,})" if run.keras_parameters != run.parameters else ""
    return f"{run.parameters:,}{keras}"


def _flags(ours: Measured, usual: float | None) -> str:
    names = dict.fromkeys(flag for run in ours.runs for flag in run.flags)
    counts = {name: sum(name in run.flags for run in ours.runs) for name in names}
    remarks = [f"{name} ({n} of {len(ours.runs)})" for name, n in counts.items()]
    own = ours.runs[0].commonest
    if usual is not None and abs(own - usual) > ELSEWHERE:
        remarks.append(f"commonest class {format_share(own)}")
    return ", ".join(remarks)
