"""The result of a leaderboard in two sentences, as a person would say it."""

import math
from collections.abc import Iterator, Sequence

from reviewlab.console.text import count_of, shorten
from reviewlab.reporting.cells import number, short_numbers, unfinished_states
from reviewlab.reporting.leaderboard import Leaderboard
from reviewlab.reporting.line import Line
from reviewlab.reporting.optimism import optimism_sentence
from reviewlab.reporting.power import MOST
from reviewlab.reporting.varied import ABSENT, short_keys

NAMED = 3
"""Most configurations that a sentence names; of a longer list it only gives the number."""

SETTINGS = 4
"""Most settings shown in the name of the best configuration; more would bury the answer."""

VALUES = 2
"""If at most this many keys vary, the other configurations are named by their values alone."""

VALUE_LENGTH = 30
"""Most characters of a value that are shown."""

UNITS = (("second", 1, 100), ("minute", 60, 6_000), ("hour", 3_600, 360_000), ("day", 86_400, None))
"""Unit of time, its length in seconds, and the seconds from which the next unit is used."""


def answer(board: Leaderboard) -> str:
    """Say which configuration is best and how certain that is; add the baselines and the cost.

    >>> answer(Leaderboard("val/accuracy", "max", (), (), (), ()))
    'No run has measured val/accuracy.'
    """
    states = ", ".join(f"{count} {state}" for state, count in unfinished_states(board).items())
    if not board.lines:
        return f"No run has measured {board.metric}{states and f': {states}'}."
    runs = board.rows
    cost, seconds = count_of(len(runs), "run"), sum(row.seconds for row in runs)
    if seconds:  # unknown for runs from elsewhere
        cost += f", {duration(seconds)} of training"
    parts = [*_baselines(board), cost, *([f"without a value: {states}"] if states else [])]
    sentences = [_claim(board), optimism_sentence(board), f"{'; '.join(parts)}."]
    return " ".join(filter(None, sentences))


def metric_value(metric: str, value: float) -> str:
    """Format a metric's value for a sentence: shares as percentages, others as plain numbers.

    >>> metric_value("val/accuracy", 0.79), metric_value("val/loss", 0.4231)
    ('79.0 %', '0.4231')
    """
    return f"{100 * value:.1f} %" if _is_share(metric) else number(value)


def metric_margin(metric: str, margin: float) -> str:
    """Format a difference of a metric's values for a sentence.

    >>> metric_margin("val/accuracy", 0.005), metric_margin("val/loss", 0.02)
    ('0.5 points', '0.02')
    """
    return f"{100 * margin:g} points" if _is_share(metric) else f"{margin:g}"


def _is_share(metric: str) -> bool:
    name = metric.partition("/")[2] or metric
    return name == "accuracy" or name.startswith("recall_")


def duration(seconds: float) -> str:
    """Format a duration in the unit that suits its length, from seconds to days.

    >>> duration(0.2), duration(24.3), duration(131), duration(9_000)
    ('1 second', '24 seconds', '2 minutes', '2.5 hours')
    """
    unit, size = next((unit, size) for unit, size, end in UNITS if end is None or seconds < end)
    amount = max(1.0, seconds / size)
    if size >= UNITS[2][1] and amount < 10:
        return f"{amount:.1f} {unit}s"
    return count_of(round(amount), unit)


def _claim(board: Leaderboard) -> str:
    best, *others = board.lines
    name = board.metric.partition("/")[2] or board.metric
    value = metric_value(board.metric, best.mean) if board.is_share else number(best.mean)
    value = value if name == "accuracy" and board.is_share else f"{name} {value}"
    value += _missing(best)
    seeds = _seeds(board, [best])
    if not others:
        over = seeds if best.n == 1 else f"mean of {seeds}"
        return f"The only configuration has {value} ({over})."
    if all(line.verdict == "unknown" for line in others):
        unsure = f"with {seeds}" if max(line.n for line in board.lines) == 1 else "about the others"
        return f"{_best(board)} comes first: {value}, but nothing can be claimed {unsure}."
    return f"{_best(board)} is best: {value}; {', '.join(_comparisons(board, others))}."


def _comparisons(board: Leaderboard, others: Sequence[Line]) -> Iterator[str]:
    """Yield a clause for each verdict that `others` have, such as `mlp is worse`."""
    equal = [line for line in others if line.verdict == "equal"]
    same = [line for line in others if line.verdict == "undecided"]
    worse = [line for line in others if line.verdict == "worse"]
    unknown = [line for line in others if line.verdict == "unknown"]
    if equal and board.margin is not None:
        within = f"{board.margin:g}"
        if board.is_share:
            within = metric_margin(board.metric, board.margin)
        yield f"{_group(board, equal)} {'is' if len(equal) == 1 else 'are'} equal within {within}"
    if same:
        seeds = _seeds(board, [board.lines[0], *same])
        more = _more_seeds(same)
        if len(same) == len(others) > 1 and not _has_names(board, same):
            yield f"none of the {len(same)} others can be told from it with {seeds}{more}"
        else:
            yield f"{_group(board, same)} cannot be told from it with {seeds}{more}"
    if worse:
        yield f"{_group(board, worse)} {'is' if len(worse) == 1 else 'are'} worse"
    if unknown:
        yield f"nothing can be claimed about {_group(board, unknown)}"


def _missing(best: Line) -> str:
    """Say that runs of the best configuration are missing; empty if none is."""
    if not best.lost:
        return ""
    total = best.n + best.lost
    return f" (of its {count_of(total, 'run')}, {best.lost} ended without a value)"


def _more_seeds(lines: Sequence[Line]) -> str:
    """Say how many seeds would settle all these comparisons; empty if that is unknown."""
    needed = [line.prospect.seeds_needed for line in lines]
    known = [seeds for seeds in needed if seeds is not None]
    if len(known) < len(needed) or not known:
        return ""
    if math.isinf(max(known)):
        return f" (nor, probably, with {MOST:,})"
    return f" ({max(known):.0f} would probably do)"


def _group(board: Leaderboard, lines: Sequence[Line]) -> str:
    """Name the configurations, or give their number if there is no room for the names."""
    if _has_names(board, lines):
        return _listed([" with ".join(_values(board, line)) for line in lines])
    if len(lines) < len(board.lines) - 1:
        return count_of(len(lines), "other")
    return "the other one" if len(lines) == 1 else f"all {count_of(len(lines), 'other')}"


def _has_names(board: Leaderboard, lines: Sequence[Line]) -> bool:
    """Return True if a sentence has room to name `lines` by their settings."""
    return len(lines) <= NAMED and 0 < len(board.keys) <= VALUES


def _best(board: Leaderboard) -> str:
    """Name the best configuration by its settings."""
    if not board.keys:
        return "the first configuration"
    pairs = zip(short_keys(board.keys).values(), _values(board, board.lines[0]), strict=True)
    first, *rest = [v if v.startswith("no ") else f"{key} {v}" for key, v in pairs]
    if len(rest) >= SETTINGS:
        hidden = len(rest) + 2 - SETTINGS
        rest = [*rest[: SETTINGS - 2], f"{hidden} more settings"]
    return f"{first} with {_listed(rest)}" if rest else first


def _values(board: Leaderboard, line: Line) -> list[str]:
    """Return the values of a configuration's varied keys, formatted as in the table."""
    place = board.lines.index(line)
    texts = []
    for key, short in short_keys(board.keys).items():
        text = short_numbers([one.settings[key] for one in board.lines])[place]
        texts.append(f"no {short}" if text == ABSENT else shorten(text, VALUE_LENGTH))
    return texts


def _seeds(board: Leaderboard, lines: Sequence[Line]) -> str:
    """Say how many seeds each configuration has, as a range if they have different numbers."""
    least, most = min(line.n for line in lines), max(line.n for line in lines)
    several = f"{least} to {most} {board.unit}s"
    seeds = count_of(most, board.unit) if least == most else several
    return seeds if board.folds is None else f"{seeds} ({board.folds} folds)"


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _baselines(board: Leaderboard) -> list[str]:
    """Return a list of one sentence that states the baselines; empty if none was measured."""
    majority = _span(board.metric, [row.baseline for row in board.rows])
    ngrams = [row.ngram_baseline for row in board.rows if row.ngram_baseline is not None]
    texts = [f"{majority} (commonest class)"] if majority else []
    if ngrams:
        beaten = _beats_all(ngrams, board)
        remark = ", better than all of these" if beaten else ""
        texts.append(f"{_span(board.metric, ngrams)} (n-grams{remark})")
    return [f"Baseline{'s' if len(texts) > 1 else ''}: {', '.join(texts)}"] if texts else []


def _span(metric: str, values: Sequence[float | None]) -> str:
    """Format the values as a range from smallest to largest, or as one number if all are equal."""
    known = sorted(value for value in values if value is not None)
    ends = dict.fromkeys(metric_value(metric, value) for value in (*known[:1], *known[-1:]))
    return " to ".join(ends)


def _beats_all(values: Sequence[float], board: Leaderboard) -> bool:
    best = board.lines[0].mean
    return min(values) > best if board.mode == "max" else max(values) < best
