"""The columns of the leaderboard, as text for people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reviewlab.reporting.cells import has_reviews, number, short_numbers, signed
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.marks import MARKS
from reviewlab.reporting.power import MOST
from reviewlab.reporting.varied import short_keys


@dataclass(frozen=True)
class Column:
    """A column of the leaderboard.

    Attributes:
        title: the heading.
        cells: the column's text for each line of the leaderboard.
        needed: importance; if the table is too wide, the least needed columns are dropped first.
        right: whether the cells are right-aligned.
    """

    title: str
    cells: Sequence[str]
    needed: int = 0
    right: bool = True


def columns(board: Leaderboard) -> list[Column]:
    """List the leaderboard's columns: rank, varied keys, then what was measured."""
    short = short_keys(board.keys)
    keys = [
        Column(
            short[key], short_numbers([line.settings[key] for line in board.lines]), 9, right=False
        )
        for key in board.keys
    ]
    ranks = Column("#", [str(place) for place in range(1, len(board.lines) + 1)], 9)
    rest = [*_results(board), *_costs(board.lines)]
    return [ranks, *keys, *(column for column in rest if any(column.cells))]


def _results(board: Leaderboard) -> list[Column]:
    """List the columns of the metric and of the comparison with the best."""
    of = board.lines
    parts = " (seeds, reviews)" if any(map(has_reviews, of)) else ""
    return [
        Column("searched", [number(line.trial.value) if line.trial else "" for line in of], 8),
        Column("mean", [number(line.mean) for line in of], 9),
        Column("sd", [number(line.deviation) for line in of], 8),
        Column("n", [str(line.n) for line in of], 9),
        Column("optimism", [optimism(line) for line in of], 8),
        Column(f"± 95 %{parts}", [interval(line) for line in of], 5, right=False),
        Column("distinct texts", [number(line.distinct) for line in of], 3),
        Column("vs best", [MARKS[line.verdict] for line in of], 9, right=False),
        Column("p", [probability(line) for line in of], 3),
        Column(f"{board.unit}s needed", [seeds_needed(line) for line in of], 3),
        Column("effect", [effect(line) for line in of], 1),
        Column("beats best", [chance(line) for line in of], 1),
    ]


def _costs(of: Sequence[Line]) -> list[Column]:
    """List the columns about the runs themselves."""
    return [
        Column("params", [known(line.parameters, ",") for line in of], 4),
        Column("seconds", [known(line.seconds, ".1f") for line in of], 2),
        Column("epochs", [known(line.epochs, ".3g") for line in of], 0),
        Column("tries", [known(line.attempts) for line in of], 1),
        Column("flags", [flags(line) for line in of], 7, right=False),
    ]


def known(value: float, form: str = "") -> str:
    """Format a cost of a run; it is empty if it is 0, as for runs from elsewhere."""
    return format(value, form) if value else ""


def interval(line: Line) -> str:
    """Format half the width of a mean's interval, such as `0.0062 (0.0041, 0.0047)`.

    The numbers in brackets are the parts of the seeds and of the reviews.
    """
    if line.interval is None:
        return ""
    if not has_reviews(line):
        return number(line.interval.half)
    seeds = number(line.interval.seeds) or "-"
    return f"{number(line.interval.half)} ({seeds}, {number(line.interval.reviews)})"


def probability(line: Line) -> str:
    """Format the adjusted p value."""
    return "" if line.p is None else "<.001" if line.p < 0.001 else f"{line.p:.3f}".lstrip("0")


def optimism(line: Line) -> str:
    """Format by how much a trial promised more than the runs that confirm it."""
    return "" if line.optimism is None else signed(line.optimism)


def seeds_needed(line: Line) -> str:
    """Format the number of seeds that would settle a comparison."""
    seeds = line.prospect.seeds_needed
    return "" if seeds is None else f"{seeds:.0f}" if math.isfinite(seeds) else f"> {MOST}"


def effect(line: Line) -> str:
    """Format the difference to the best in standard deviations of a run's noise."""
    size = line.prospect.effect
    return "" if size is None else f"{size:.2g}"


def chance(line: Line) -> str:
    """Format the chance that a run beats one of the best configuration."""
    share = line.prospect.chance
    return "" if share is None else f"{100 * share:.0f} %"


def flags(line: Line) -> str:
    """List a line's flags with their shares of the runs, its end in a race and missing runs.

    For example, `collapsed 2/3, 1 unfinished`: two of three runs have the flag `collapsed`.
    """
    words = [f"{name} {count}/{line.n}" for name, count in line.flags.items()]
    if line.dropped is not None:
        words.append(f"out after round {line.dropped}")
    if line.lost:
        words.append(f"incomplete: {line.lost} of {line.n + line.lost} without a value")
    if line.unfinished > line.lost:
        words.append(f"{line.unfinished - line.lost} unfinished")
    return ", ".join(words)
