"""The cells of `docs/results.md`."""

from collections.abc import Sequence

from reviewlab.notes.measured import Measured
from reviewlab.notes.published import Published

ELSEWHERE = 0.01
"""A share of the commonest class that is further off belongs to other labels."""

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
"""Titles of the table that `rows` are for."""

RIGHT = (False, False, True, True, True, True, True, True, False)
"""True for each column whose cells are numbers."""


def rows(
    name: str,
    published: Published,
    metrics: Sequence[str],
    ours: Measured | None,
    usual: float | None,
) -> list[list[str]]:
    """Fill in a row for each metric; what does not depend on the metric is in the first.

    Args:
        name: of the experiment.
        published: its figures in the note.
        metrics: measured besides those that were published.
        ours: its runs here; None where there are none.
        usual: the share of the commonest class in the table; one that is another is told.

    Returns:
        The cells of each row, as markdown.
    """
    first = _named(name, published)
    if ours is None or not ours.runs:
        state = "failed" if ours is not None and ours.failed else "not run"
        return [[first, state, *("" for _ in TITLES[2:])]]
    rest = [_count(ours), f"{ours.epochs:.3g}", f"{ours.seconds:.0f}", _parameters(ours)]
    rest.append(_flags(ours, usual))
    words, lines = published.words, list[list[str]]()
    for metric in [*published.figures, *(m for m in metrics if m not in published.figures)]:
        if lines and not ours.values(metric):
            continue
        printed = digits(published.figures[metric]) if metric in published.figures else words
        lines.append([first, what(metric, ours), printed, measured(ours, metric), *rest])
        first, words, rest = "", "", ["" for _ in rest]
    return lines


def _named(name: str, published: Published) -> str:
    return f"`{name}`" + (f" (note {published.note})" if published.note else "")


def what(metric: str, ours: Measured) -> str:
    """In words; of a network that is trained on squared errors the loss is no cross-entropy."""
    if metric == "test/loss" and ours.runs[0].loss == "MSE":
        metric = "test/squared_error"
    return METRICS.get(metric, metric)


def _count(ours: Measured) -> str:
    return f"{len(ours.runs)}" + (f", {len(ours.failed)} failed" if ours.failed else "")


def measured(ours: Measured, metric: str) -> str:
    """Mean and spread."""
    mean, spread = ours.mean(metric), ours.spread(metric)
    if mean is None:
        return "not measured"
    return digits(mean) + (f" ± {digits(spread)}" if spread is not None else "")


def digits(value: float) -> str:
    """`.8012`."""
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
        remarks.append(f"commonest class {digits(own)}")
    return ", ".join(remarks)
