"""The promises of the leaderboard, each with the table of draws that checks it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import NamedTuple

from reviewlab.calibration.claims import (
    LAST,
    Event,
    Shape,
    Share,
    covered,
    ever_worse,
    false_equal,
    false_worse,
    false_worse_beside_others,
    measure,
)
from reviewlab.calibration.pool import Pool
from reviewlab.console.table import markdown_table

SLOW = 10
"""A sequence of tables counts as so many tables, since the test is repeated."""


class Check(NamedTuple):
    """A promise, and the event whose share tells whether it holds.

    Attributes:
        what: what is counted, in words.
        event: the event.
        least: the smallest share that keeps the promise.
        most: the largest share that keeps the promise.
        tables: number of tables relative to that of the other checks.
    """

    what: str
    event: Event
    least: float
    most: float
    tables: float = 1.0

    def holds(self, share: Share) -> bool:
        """Return True if the share is within the limits, give or take two standard errors."""
        return self.least - 2 * share.error <= share.value <= self.most + 2 * share.error


def checks() -> Iterator[Check]:
    """Yield the checks of pools without folds, in the order of the page."""
    for rows, seeds in ((2, 3), (2, 5), (2, 10), (3, 5), (8, 3), (8, 5), (24, 5)):
        what = f"a false `worse`: {rows} identical configurations, {seeds} seeds"
        yield Check(what, false_worse(Shape(rows, seeds)), 0.0, 0.05)
    for rows, seeds in ((2, 3), (3, 5), (8, 5), (8, 10)):
        what = f"a false `worse`: {rows} equally good configurations, each with its own noise"
        event = false_worse_beside_others(Shape(rows, seeds))
        yield Check(f"{what}, {seeds} seeds", event, 0.0, 0.05)
    for rows, planned in ((2, 3), (2, 5), (3, 5), (8, 10)):
        what = f"a false `worse` while seeds are added to {planned} planned, up to {LAST}"
        yield Check(f"{what}: {rows} rows", ever_worse(rows, planned), 0.0, 0.05, 1 / SLOW)
    for rows, seeds, margin in ((2, 5, 1), (2, 5, 2), (2, 10, 1), (3, 10, 2), (8, 10, 2)):
        what = f"a false `=`: {rows} rows, the others behind by the margin of {margin} sd"
        yield Check(f"{what}, {seeds} seeds", false_equal(Shape(rows, seeds), margin), 0.0, 0.05)
    for seeds in (3, 5, 10):
        what = f"the interval of a mean over {seeds} seeds contains the pool's mean"
        yield Check(what, covered(seeds), 0.93, 0.97)


def check_all(pools: Sequence[Pool], tables: int) -> Iterator[tuple[str, ...]]:
    """Measure every promise on all cores; yield its cells in order.

    Args:
        pools: the pools.
        tables: number of tables of each check.

    Yields:
        What is promised, the share, its standard error, the limit and the verdict.
    """
    numbers = range(len([*checks()]))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        yield from processes.map(_check, numbers, repeat(pools), repeat(tables))


def _check(number: int, pools: Sequence[Pool], tables: int) -> tuple[str, ...]:
    """Measure a check by its number, since its event cannot be sent to another process.

    Args:
        number: index in `checks`.
        pools: the pools.
        tables: number of tables of each check.
    """
    return as_cells([*checks()][number], pools, tables)


def as_cells(check: Check, pools: Sequence[Pool], tables: int) -> tuple[str, ...]:
    """Measure a promise; return its cells as `check_all` yields them.

    Args:
        check: the promise.
        pools: the pools.
        tables: number of tables of each check.
    """
    share = measure(pools, check.event, max(int(tables * check.tables), 1))
    limit = f"at most {check.most}" if not check.least else f"{check.least} to {check.most}"
    verdict = "holds" if check.holds(share) else "**does not hold**"
    return (check.what, f"{share.value:.4f}", f"{share.error:.4f}", limit, verdict)


def as_table(rows: Sequence[tuple[str, ...]]) -> str:
    """Format the cells of all checks as a markdown table."""
    titles = ("share of tables with", "measured", "standard error", "promised", "")
    return markdown_table(titles, rows, right=[False, True, True, False, False])
