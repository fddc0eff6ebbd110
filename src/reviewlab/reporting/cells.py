"""Number formats and sentences that all forms of the leaderboard share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

from reviewlab.console.text import count_of, readable_path
from reviewlab.overrides import without_rounding_error
from reviewlab.reporting.effects import Effect, Level
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.marks import legend
from reviewlab.reporting.rows import Row
from reviewlab.reporting.seeds import OUTSTANDING
from reviewlab.reporting.variance_lines import variance_lines
from reviewlab.reporting.varied import Settings, short_keys

VALUES = 5
"""Most values of a key, besides the best, that a sentence lists."""


def short_numbers(values: Sequence[str]) -> list[str]:
    """Round numbers to four significant digits, unless distinct ones would then look the same."""
    rounded = [_rounded(value) for value in values]
    return rounded if len({*rounded}) == len({*values}) else [*values]


def _rounded(value: str) -> str:
    try:
        short = f"{float(value):.4g}"
    except ValueError:
        return value
    return short if len(short) < len(value) else value


def number(value: float | None) -> str:
    """Format a number with four decimals, or in scientific notation if very small or large."""
    if value is None:
        return ""
    return f"{value:.4f}" if value == 0 or 1e-4 <= abs(value) < 1e4 else f"{value:.3g}"


def has_reviews(line: Line) -> bool:
    """Return True if a line's interval also covers other reviews."""
    return line.interval is not None and line.interval.reviews is not None


def heading(board: Leaderboard) -> str:
    """State what is ranked, and by which metric."""
    if board.parts:
        return f"{len(board.parts)} different data sets: their numbers cannot be compared"
    runs = len(board.rows)
    order = "highest" if board.mode == "max" else "lowest"
    text = (
        f"{count_of(len(board.lines), 'configuration')}, {count_of(runs, 'run')},"
        f" by {board.metric} ({order} first)"
    )
    if board.race is None:
        return text
    of_race = [row for row in (*board.rows, *board.others) if board.race.plan.includes(row.seed)]
    ended = sum(row.state not in OUTSTANDING for row in of_race)
    return f"{text}; {board.race.sentence(ended)}"


INTERVAL = (
    "± 95 %: other seeds and other validation reviews, which brackets show apart (seeds, reviews)"
)


def notes(board: Leaderboard, interval: str = INTERVAL) -> list[str]:
    """Explain the table's marks, and report the baselines and the test metric.

    Args:
        board: the leaderboard.
        interval: the note on intervals, empty for a table that does not show them.
    """
    remarks = legend(board)
    if interval and any(has_reviews(line) for line in board.lines):
        remarks.append(interval)
    commonest = [row.baseline for row in board.rows]
    remarks += _baseline("always answering the commonest class", commonest)
    remarks += _baseline("n-grams (model=ngram)", [row.ngram_baseline for row in board.rows])
    remarks += tested(board)
    return [*remarks, *_incomplete(board)]


def _incomplete(board: Leaderboard) -> list[str]:
    """Name the configurations with missing runs: those ranked by the others, those left out."""
    ranked = [(line.settings, line.lost, line.lost + line.n) for line in board.lines if line.lost]
    left = [(one.settings, one.lost, one.lost + len(one.rows)) for one in board.left_out]
    lists = (
        ("incomplete, ranked by the runs that have a value", ranked),
        ("left out, since runs have no value (sweep.incomplete=refuse)", left),
    )
    return [f"{what}: {_missing(rows, board.keys)}" for what, rows in lists if rows]


def _missing(rows: Sequence[tuple[Settings, int, int]], keys: Sequence[str]) -> str:
    """List configurations with their numbers of missing runs, such as `lr=0.1 (1 of 3)`."""
    short = short_keys(keys)
    names = [
        f"{' '.join(f'{short[key]}={settings[key]}' for key in keys) or 'the only one'}"
        f" ({lost} of {total})"
        for settings, lost, total in rows[:VALUES]
    ]
    more = [f"{len(rows) - VALUES} more"] if len(rows) > VALUES else []
    return ", ".join([*names, *more])


def _baseline(name: str, values: Sequence[float | None]) -> list[str]:
    """Format a baseline, as a range if runs with different splits have different baselines."""
    known = sorted({value for value in values if value is not None})
    if not known:
        return []
    return [f"{name}: {' to '.join(map(number, dict.fromkeys([known[0], known[-1]])))}"]


def tested(board: Leaderboard) -> list[str]:
    """Report the best configuration's test metric if all its seeds have been tested."""
    best, uses = board.lines[0].rows, sum(row.test_uses for row in board.rows)
    values = [row.tested for row in best if row.tested is not None]
    if len(values) < len(best):
        return []
    spread = f", sd {number(stdev(values))}" if len(values) > 1 else ""
    name = board.metric.partition("/")[2]
    return [
        f"test/{name} of the best: mean {number(mean(values))}{spread}, n {len(values)};"
        f" the test set was measured {count_of(uses, 'time')} by these runs"
    ]


def effect_lines(board: Leaderboard) -> list[str]:
    """Describe each key's effect in a line, then what cannot be compared, then the variance."""
    short = short_keys(board.keys)
    lines = [_effect_line(effect, short) for effect in board.effects if effect.levels]
    alone = [short[effect.key] for effect in board.effects if not effect.levels]
    if alone:
        why = (
            "not compared, since no runs with the same other settings cover all values of these"
            " keys"
        )
        lines.append(f"{why}: {', '.join(alone)}")
    return lines + ([] if board.variance is None else [*variance_lines(board.variance, short)])


def _effect_line(effect: Effect, short: Mapping[str, str]) -> str:
    best, *rest = effect.levels
    over = (
        f"over {count_of(effect.settings, 'setting')} of the other keys,"
        f" {count_of(effect.runs, 'run')} each"
    )
    worse = "; ".join(
        f"{without_rounding_error(level.value)} {signed(level.difference)}{half(level.half)}"
        f"{_remark(level, short)}"
        for level in rest[:VALUES]
    )
    if len(rest) > VALUES:
        worse += f"; {len(rest) - VALUES} more in the figure"
    first = without_rounding_error(best.value)
    if effect.ignores_seed:
        verdict = "nothing can be claimed, as seeds repeat a result"
    elif all(level.clear is None for level in rest):
        verdict = "too few seeds to claim anything"
    elif all(level.clear for level in rest):
        verdict = f"{first} is better"
    elif any(level.clear for level in rest):
        verdict = "only the marked differences are clear"
    elif any(level.beyond_noise for level in rest):
        verdict = "it depends on the other keys"
    else:
        verdict = "no difference shown"
    return f"{short[effect.key]}: best {first} ({number(best.mean)}); {worse}; {verdict}; {over}"


def _remark(level: Level, short: Mapping[str, str]) -> str:
    """Mark a difference as clear, or name another key's value for which it vanishes."""
    if not level.beyond_noise:
        return ""
    if level.exception is None:
        return " (clear)"
    key, value = level.exception
    return f" (not with {short[key]}={without_rounding_error(value)})"


def signed(value: float) -> str:
    """Format a difference, always with its sign."""
    return f"{'-' if value < 0 else '+'}{number(abs(value))}"


def half(value: float | None) -> str:
    """Format half an interval's width, such as ` ± 0.0123`, to be appended to the midpoint."""
    return "" if value is None else f" ± {number(value)}"


def unfinished_states(board: Leaderboard) -> dict[str, int]:
    """For each state, count the runs without a value; finished ones count as `not measured`."""
    return Counter("not measured" if row.state == "done" else row.state for row in board.others)


def fate(row: Row, base: Path) -> tuple[str, str, str]:
    """For a run without a value, return its state, its folder, and the reason."""
    reason = row.reason.removeprefix("unreadable: ")
    return row.state, readable_path(row.folder, base), " ".join(reason.split())
