"""Tuning curves as a table and a sentence."""

import textwrap
from collections.abc import Iterator

from reviewlab.console.table import aligned
from reviewlab.console.text import count_of
from reviewlab.reporting.cells import number
from reviewlab.reporting.tuning import TuningCurve
from reviewlab.reporting.tuning_groups import TuningCurves

TITLES = ("configurations", "trials", "median best", "band")

GRID = (
    "a grid is treated as if its configurations had been drawn at random from it, one independent "
    "of the other"
)


def tuning_text(tuned: TuningCurves, is_grid: bool, width: int) -> str:
    """Format the best value after 1, 2, 4, 8, ... trials of each value of the key.

    Args:
        tuned: the tuning curves.
        is_grid: True if the configurations are those of a grid, which nobody drew.
        width: terminal width in columns.
    """
    rows = [[tuned.key, *TITLES], *_rows(tuned)]
    title = f"tuning curves: {tuned.metric} of the best of k random trials"
    table = aligned(rows, [False, True, True, True, False])
    notes = [compare(tuned), *_notes(tuned, is_grid)]
    wrapped = (textwrap.fill(note, max(20, width), break_on_hyphens=False) for note in notes)
    return "\n".join([title, "", *table, "", *wrapped])


def compare(tuned: TuningCurves) -> str:
    """Compare the values of the key after equally many trials, as many as each of them had."""
    k = _powers(min(curve.n for curve in tuned.curves.values()))[-1]
    reached = {value: float(curve.median[k - 1]) for value, curve in tuned.curves.items()}
    best, *others = sorted(reached, key=lambda v: reached[v], reverse=tuned.mode == "max")
    trials = f"After {count_of(k, 'trial')}{' each' if others else ''}"
    listed = ", ".join(f"{value} reaches {number(reached[value])}" for value in (best, *others))
    if not others:
        return f"{trials}, {listed}."
    behind = [value for value in others if _is_behind(tuned, value, best, k)]
    if len(behind) == len(others):
        return f"{trials}, {listed}: {best} is better."
    if behind:
        return f"{trials}, {listed}: {best} is better than {', '.join(behind)}."
    return f"{trials}, {listed}: their bands overlap, so none is shown to be better."


def _is_behind(tuned: TuningCurves, value: str, best: str, k: int) -> bool:
    """Return True if the band of a value is wholly on the worse side of the best one's.

    Args:
        tuned: the tuning curves.
        value: the value.
        best: the value with the best median after `k` trials.
        k: the number of trials.
    """
    one, other = tuned.curves[value], tuned.curves[best]
    if tuned.mode == "max":
        return bool(one.upper[k - 1] < other.lower[k - 1])
    return bool(one.lower[k - 1] > other.upper[k - 1])


def _rows(tuned: TuningCurves) -> Iterator[list[str]]:
    for value, curve in tuned.curves.items():
        names = [value, str(curve.n)]
        for k in _powers(curve.n):
            yield [*names, str(k), number(float(curve.median[k - 1])), _band(curve, k)]
            names = ["", ""]


def _band(curve: TuningCurve, k: int) -> str:
    return f"{number(float(curve.lower[k - 1]))} to {number(float(curve.upper[k - 1]))}"


def _notes(tuned: TuningCurves, is_grid: bool) -> Iterator[str]:
    if len(tuned.curves) > 1:
        yield f"all {len(tuned.curves)} bands hold together, at every k, with 95 % probability"
    else:
        yield "the band holds at every k together with 95 % probability"
    if is_grid:
        yield GRID
    if tuned.lost:
        trials = count_of(tuned.lost, "configuration")
        yield f"{trials} without a value, for example pruned: each counts as the worst possible"


def _powers(most: int) -> list[int]:
    return [2**power for power in range(most.bit_length())]
